//! The words themselves, in English, German, French, Spanish, Italian, Portuguese and Dutch, folded.

use super::Sign;

/// Each meaning with its words.
pub(super) const WORDS: &[(Sign, &str)] = &[
    (
        Sign::MONTH,
        "january february april june july august september october november december \
         januar februar marz maerz juni juli oktober dezember janner jaenner feber \
         janvier fevrier avril juin juillet aout septembre octobre novembre decembre \
         enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre \
         gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre \
         janeiro fevereiro marco maio junho julho setembro outubro novembro dezembro \
         januari februari maart mei augustus",
    ),
    (
        Sign::MONTH_SHORT,
        "jan feb mar apr jun jul aug sep sept oct okt nov dec dez may march mars mai \
         janv fevr avr juil ene abr dic gen giu lug ott fev mrt mrz",
    ),
    (Sign::MONTH_RARE, "ago set out mag"),
    (
        Sign::WEEKDAY,
        "monday tuesday wednesday thursday friday saturday sunday \
         montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag \
         lundi mardi mercredi jeudi vendredi samedi dimanche \
         lunes martes miercoles jueves viernes sabado domingo \
         lunedi martedi mercoledi giovedi venerdi sabato domenica \
         segunda terca quarta quinta sexta \
         maandag dinsdag woensdag donderdag vrijdag zaterdag zondag \
         tues thurs",
    ),
    (Sign::DAY, "today tomorrow yesterday ubermorgen vorgestern overmorgen eergisteren"),
    (
        Sign::BIRTH,
        "dob birth birthdate birthday birthdays bday born geburtsdatum geburtstag geboren geb naissance nacimiento \
         nacido nacida naci cumpleanos nascita nato nata compleanno nascimento nascido nascida nasci aniversario \
         geboortedatum verjaardag ne nee anniversaire",
    ),
    (Sign::AGE, "age aged turned turning turns turn alter edad eta idade leeftijd agee"),
    (
        Sign::YEARS,
        "year years yr yrs yo jahre jahrig jahrige jahriger jahriges jahrigen jaehrig jaehrige ans anos anni jaar \
         jarige month months monate mois meses mesi maanden",
    ),
    (
        Sign::STREET_LAST,
        "street st str road rd avenue ave av lane ln drive dr boulevard blvd court ct crescent cres close terrace \
         ter place pl square sq way parkway pkwy highway hwy circle cir trail trl mews gardens grove row walk hill \
         green park mount rise quay wharf alley loop plaza pike turnpike tpke freeway fwy expressway expy commons \
         common vista heights hts point crossing xing bend glen path gate yard streets st",
    ),
    (
        Sign::STREET_FIRST,
        "rue avenue av boulevard bd bld chemin impasse allee place quai cours route passage square faubourg \
         calle avenida avda plaza paseo camino carretera ronda travesia glorieta rambla carrer \
         via viale corso piazza vicolo largo strada piazzale lungotevere contrada \
         rua travessa praca estrada alameda rodovia largo beco ul ulica",
    ),
    (
        Sign::UNIT,
        "apt apartment appartement appt unit suite ste flat floor room etage stock stiege top bat batiment escalier \
         piso planta puerta esc interno int scala piano andar apto apartamento bus bloco dept",
    ),
    (Sign::BOX, "box postfach postbus apartado casella caixa pobox bp postbox pf"),
    (Sign::POSTCODE, "zip zipcode postcode postal plz postleitzahl cap cep"),
    (
        Sign::ADDRESS,
        "address addresses adresse anschrift direccion domicilio indirizzo endereco morada adres live lives lived \
         living wohne wohnt wohnen wohnhaft habite habitons vivo vivimos resido abito abitiamo moro moramos woon woont \
         wonen located delivered deliver ship shipped sent lieferadresse rechnungsadresse",
    ),
    (
        Sign::NAME,
        "name names surname called call heisse heisst namens appelle nom prenom llamo llama nombre apellido chiamo \
         chiama nome cognome chamo chama apelido sobrenome heet naam voornaam achternaam vorname nachname firstname \
         lastname fullname nachnamen vornamen apellidos",
    ),
    (
        Sign::TITLE,
        "mr mrs ms miss mx dr prof professor sir herr herrn frau hr fr fraulein monsieur madame mademoiselle mme mlle \
         maitre senor senora senorita sr sra srta don dona signor signora signore sig dott dottor dottoressa \
         avv ing dhr mevr mevrouw meneer mw doutor doutora doctor doctora doktor nurse officer",
    ),
    (
        Sign::GREETING,
        "dear hi hello hey hallo hola ciao bonjour bonsoir ola salut liebe lieber liebes geehrte geehrter beste geachte \
         caro cara gentile egregio estimado estimada querido querida prezado prezada cher chere moin servus goedemorgen \
         goedemiddag buongiorno buonasera morning afternoon evening morgen tag abend thanks thank danke merci gracias \
         grazie obrigado obrigada bedankt",
    ),
    (
        Sign::CLOSING,
        "regards wishes sincerely yours cheers thanks thank you grussen grusse gruss gruesse gruessen mfg lg vg \
         cordialement saludos atentamente saluti groeten groetjes groet cumprimentos atenciosamente abraco abracos \
         bises salutations distinti cordiali love best truly xoxo",
    ),
    (
        Sign::RELATION,
        "daughter son wife husband brother sister mother father mom mum dad friend neighbour neighbor colleague boss \
         cousin uncle aunt grandma grandpa grandmother grandfather partner fiance fiancee girlfriend boyfriend nephew \
         niece flatmate roommate manager agent tochter sohn frau mann bruder schwester mutter vater freund freundin \
         nachbar nachbarin kollege kollegin chef chefin oma opa tante onkel partnerin fille fils femme mari frere soeur \
         mere pere ami amie voisin voisine collegue hija hijo esposa esposo marido mujer hermano hermana madre padre \
         amigo amiga vecino vecina companero companera figlia figlio moglie marito fratello sorella amico amica \
         collega vicino filha filho esposa irmao irma mae pai dochter zoon vrouw broer zus moeder vader vriend \
         vriendin buurman buurvrouw coloc colocataire blonde copine copain conjoint conjointe jefe jefa novio novia \
         sobrino sobrina primo prima cunado cunada nieto nieta abuela abuelo housemate stepson stepdaughter grandson \
         granddaughter mitbewohner mitbewohnerin neffe nichte enkel enkelin schwager schwagerin verlobte verlobter \
         huisgenoot baas neef nicht kleinzoon kleindochter schoonmoeder schoonvader coinquilino coinquilina capo vicina \
         fidanzato fidanzata nipote cugino cugina nonna nonno suocera cognato cognata colega chefe vizinho vizinha \
         namorado namorada sobrinho sobrinha primo neto neta avo sogra cunhado cunhada tio tia zio zia neveu niece \
         cousine patron patronne",
    ),
    (
        Sign::USER,
        "username usernames userid login logon handle nick nickname screenname gamertag instagram insta twitter tiktok \
         telegram skype discord snapchat facebook linkedin github reddit twitch benutzername nutzername benutzerkennung \
         anmeldename identifiant utilisateur pseudo usuario utente utilizador gebruikersnaam user",
    ),
    (
        Sign::PLATE,
        "plate plates registration reg kennzeichen nummernschild autokennzeichen immatriculation plaque matricula \
         placa targa kenteken nummerplaat vrm",
    ),
    (
        Sign::CARD_SECURITY,
        "cvv cvc cvv2 cvc2 cvn cid csc security expiry expires expiration exp expired expire valid ablaufdatum gultig ablauf \
         prufziffer prufnummer kartenprufnummer sicherheitscode expirant cryptogramme caducidad caduca vence vencimiento \
         validade validita scadenza scade vervaldatum verloopt geldig",
    ),
    (
        Sign::ORDER,
        "order orders ordernumber orderid purchase booking reservation shipment parcel return rma bestellung \
         bestellnummer bestellnr bestell auftrag auftragsnummer auftragsnr retoure buchung buchungsnummer sendung \
         commande reservation pedido reserva encargo compra ordine prenotazione encomenda bestelling bestelnummer \
         boeking ordernummer bestellungen orden",
    ),
    (
        Sign::CUSTOMER,
        "student employee staff matrikelnummer personalnummer mitarbeiternummer customer client account membership member loyalty subscriber kundennummer kundennr kunden kundin kunde \
         kontonummer konto mitgliedsnummer mitglied mitgliedsnr abonne adherent cliente socio abonado cuenta conta \
         klantnummer klant lidnummer tessera compte subscription abo",
    ),
    (
        Sign::REFERENCE,
        "ticket tickets case policy contract invoice reference claim tracking track transaction confirmation incident \
         docket voucher receipt bill quote permit application file request issue vorgang vorgangsnummer fall \
         fallnummer vertrag vertragsnummer vertragsnr police policennummer rechnung rechnungsnummer rechnungsnr \
         sendungsnummer sendungsverfolgung trackingnummer versicherungsnummer aktenzeichen schadennummer ticketnummer \
         belegnummer zahlungsreferenz dossier contrat facture sinistre suivi colis factura contrato poliza expediente \
         seguimiento siniestro fattura contratto polizza pratica spedizione fatura apolice processo rastreio factuur \
         factuurnummer contractnummer polis polisnummer dossiernummer zaaknummer zending referentie referenz ref \
         referencia riferimento casenumber ticketid caseid numero",
    ),
    (
        Sign::SECRET,
        "password passwords passphrase passwd pwd pw passwort kennwort passe contrasena wachtwoord senha parola pin \
         tan otp code codes key token secret clave codigo codice login passcode mdp chave geheimzahl sicherheitscode bestatigungscode verificatiecode api access",
    ),
    (
        Sign::SPEAKER,
        "this am hier ici aqui soy sono sou speak speaking talk spoke met contact bin met spricht parle habla \
         parla fala spreekt from attn escalate assigned assign",
    ),
    (
        Sign::COUNTRY,
        "usa uk england scotland wales ireland germany deutschland austria osterreich switzerland schweiz france spain \
         espana italy italia portugal netherlands nederland belgium belgie belgique luxembourg canada australia \
         brazil brasil mexico poland polska sweden norway denmark finland iceland hungary estonia slovenia cyprus \
         greece czechia uruguay tunisia argentina chile colombia india japan china greenland greenlander suisse \
         svizzera espagne allemagne frankreich spanien italien",
    ),
];
