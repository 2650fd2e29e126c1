//! The words themselves, in English, German, French, Spanish, Italian, Portuguese and Dutch, folded.

use super::Sign;
use crate::recognise::plate;

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
    (
        Sign::AGE,
        "werde wurde wordt turn cumplo compio ages age aged turned turning turns turn alter edad eta idade leeftijd agee",
    ),
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
        "benutzer benutzers nutzer nutzers gebruiker profile profil perfil profilo profiel account konto compte cuenta \
         conta spielername spelersnaam accountnaam nomutente nomeutente screenname displayname ign onlyfans pinterest \
         tumblr strava spotify letterboxd duolingo etsy depop wallapop bluesky threema wechat \
         nutzerkennung loginname accountname kontoname inlognaam alias apodo soprannome bijnaam pseudonyme steam \
         playstation psn xbox twitchtv mastodon threads youtube vinted roblox fortnite battlenet battletag signal \
         login username usernames userid login logon handle nick nickname screenname gamertag instagram insta twitter tiktok \
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
        "order orders ordernumber orderid orderno ordernr purchase preorder bookings pnr buchungs auftrags \
         einkauf kauf retouren retourenschein rucksendung rucksendungs reservierung reservierungs commandes reservations \
         achat retour pedidos reservas compras devolucion devolucao reso ordini acquisto prenotazioni encomendas \
         compra bestellingen boekingen reservering aankoop retourzending booking reservation shipment parcel return rma bestellung \
         bestellnummer bestellnr bestell auftrag auftragsnummer auftragsnr retoure buchung buchungsnummer sendung \
         commande reservation pedido reserva encargo compra ordine prenotazione encomenda bestelling bestelnummer \
         boeking ordernummer bestellungen orden",
    ),
    (
        Sign::CUSTOMER,
        "card karte carte tarjeta cartao kaart badge ff ffn vielflieger bonuskarte kundenkarte clubkarte leserausweis \
         bibliotheksausweis leesnummer bonusnummer librarycard loyaltycard fidelite abonnementsnummer \
         kd kdnr kundenkonto mitglieds benutzerkonto adherents clientes socios clienti soci klanten lid \
         lidmaatschap assinante utente titular abonnent abonnement student employee staff matrikelnummer personalnummer mitarbeiternummer customer client account membership member loyalty subscriber kundennummer kundennr kunden kundin kunde \
         kontonummer konto mitgliedsnummer mitglied mitgliedsnr abonne adherent cliente socio abonado cuenta conta \
         klantnummer klant lidnummer tessera compte subscription abo",
    ),
    (
        Sign::REFERENCE,
        "pod pdr cups pdl prm pce mpan mprn malo cpe zahlpunkt meterpoint nf nfe danfe plainte plaintes denuncia \
         denuncias anzeige strafanzeige aangifte queixa bussgeld bussgeldbescheid strafzettel amende contravention \
         verbale multa boete procedimiento procedimientos procedura procedimento procedure expte autos rg fascicolo \
         causa appeal petition lawsuit ecli rolnummer parketnummer rechtssache verfahren klage beschwerde requete \
         pourvoi recurso apelacion ricorso inquerito proc zaaknr volgnummer kontrakt siniestros sinistri vorgange \
         reimbursement refund remittance payout chargeback autorizacion autorizzazione autorizacao folios guias \
         warranty waybill awb consignment quotation estimate complaint enquiry inquiry locator itinerary guarantee \
         authorization authorisation dossiers cases claims invoices policies contracts bookingref orderref casenr \
         ticketno ticketnr invoiceno trackingid claimno policyno lease loan meter mandate \
         vorgangs vertrags rechnungs sendungs schadens schadenfall schaden versicherungs versicherungsschein fallnr \
         az gz geschaftszeichen paket pakete lieferschein lieferung angebot garantie reklamation reklamations beleg \
         mandat mandatsreferenz verwendungszweck antrag anfrage rechnungen vertrage police zahler \
         bordereau reclamation adhesion devis billet recommande factures contrats dossiers livraison intervention \
         incidencia reclamacion albaran presupuesto envio paquete localizador garantia recibo resguardo tramite \
         solicitud contratos facturas guia folio \
         sinistro preventivo reclamo segnalazione tracciamento pacco ricevuta scontrino bolla ddt garanzia protocollo \
         contratti fatture richiesta localizzatore \
         protocolo reclamacao orcamento garantia chamado solicitacao faturas rastreamento \
         zaak melding klacht pakket pakketje offerte aanvraag kenmerk betalingskenmerk schade facturen contracten \
         ticket tickets case policy contract invoice reference claim tracking track transaction confirmation incident \
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
        "psw pswd wifi wlan wpa schlussel netzwerkschlussel pincode smstan einmalcode zugangscode aktivierungscode \
         verifizierungscode freischaltcode bevestigingscode toegangscode beveiligingscode puk codewort codeword \
         losungswort sleutel netwerksleutel wachtzin cle chiave maiden madchenname soltera nubile solteira meisjesnaam \
         fille answer antwort sicherheitsantwort reponse respuesta risposta resposta antwoord seed recovery mnemonic \
         wallet phrase frase memorable license licence gastpasswort wlanpasswort masterpasswort kundenkennwort pet \
         haustier \
         password passwords passphrase passwd pwd pw passwort kennwort passe contrasena wachtwoord senha parola pin \
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
    (Sign::VEHICLE, plate::VEHICLES),
];

/// The parts that words have in a sentence, whatever else they mean.
pub(super) const SPEECH: &[(Sign, &str)] = &[
    (
        Sign::NUMBERED,
        "number numbers num no nos nr nrs id ids code codes numero numeros nummer nummern nummers kennung kennzeichen \
         codigo codigos codice codici cod reference referenz referencia riferimento referentie ref key nro nbr",
    ),
    (
        Sign::SAYS,
        "ending ends endet endend endende finissant terminant finit termina terminan terminada terminado finisce finiscono \
         terminante eindigt eindigend acaba foi fue fut is are was were be reads says shows ist sind war lautet lauten heisst steht est sont etait es son era sono sao \
         eram zijn luidt staat",
    ),
    (
        Sign::LINK,
        "als come como comme que qui the my your our his her their its of on for under in at it this that there here with called as from by given \
         got get below following new old current have has which you me and to \
         der die das des dem den mit meine mein meiner meinem meinen ihre ihr unsere zu zur zum fur von vom im in am auf \
         unter hier folgende neue alte ich und ein eine \
         le la les de du un une mon ma mes votre notre sous pour au aux voici suivant avec sur et en \
         el los las del mi mis su sus con para bajo siguiente aqui por al tengo \
         il lo gli della dell dello di mio mia miei suo sua per seguente ecco nel al \
         os as da do das dos meu minha seu com segue na num uma \
         het een van mijn uw jullie onze met voor onder hier op bij",
    ),
];

/// What a German or Dutch word is about that ends in a word for "number": "vorgangsnummer", "meldingsnr".
pub(super) fn compound(word: &[u8]) -> Option<Sign> {
    if word.len() < 6 || !word.ends_with(b"r") {
        return None;
    }
    let stem = word.strip_suffix(b"nummer").or_else(|| word.strip_suffix(b"nr"))?;
    let is_any = |stems: &[&str]| stems.iter().any(|other| stem.ends_with(other.as_bytes()));
    if stem.len() < 3 || is_any(OTHER_NUMBERS) {
        return None;
    }
    Some(
        if is_any(&[
            "bestell",
            "bestel",
            "order",
            "auftrags",
            "buchungs",
            "boekings",
            "reservierungs",
            "retouren",
        ]) {
            Sign::ORDER
        } else if is_any(&[
            "kunden",
            "klant",
            "klanten",
            "mitglieds",
            "lid",
            "vertragskonto",
            "personal",
            "matrikel",
        ]) {
            Sign::CUSTOMER
        } else {
            Sign::REFERENCE
        },
    )
}

/// What has a number that is none of the business's.
#[rustfmt::skip]
const OTHER_NUMBERS: &[&str] = &[
    "telefon", "telefoon", "handy", "mobil", "mobiel", "fax", "haus", "huis", "zimmer", "kamer", "konto",
    "rekening", "karten", "karte", "kaart", "kreditkarten", "steuer", "ausweis", "pass", "paspoort", "renten",
    "artikel", "artikels", "modell", "model", "bank", "ruf", "hotline", "service", "notruf", "ident", "durchwahl",
    "serien", "serie", "gerate", "patienten", "patient", "versicherten", "rezept", "recept", "kranken", "seiten",
    "pruf", "start", "gleis", "sozialversicherungs", "gratis", "wahl", "kurzwahl", "linien", "tisch", "produkt",
    "product", "teile", "typ", "type", "versions", "fehler", "identifikations", "fahrzeug", "verzekerden",
];
