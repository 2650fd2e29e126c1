//! The cues, folded: lower case, no accents. One that ends in `*` also begins a longer word. English, German, French,
//! Spanish, Italian, Dutch, Portuguese, a line for each.

use super::Category;

/// A matter, the cues that say so by themselves, and those that do beside a word for a person.
pub(super) const MATTERS: [(Category, &str, &str); 8] = [
    (
        Category::Health,
        "diabet*, chemotherap*, hiv, hiv positive, leukemia, breast cancer, prostate cancer, lung cancer, skin cancer, multiple sclerosis, epilep*, parkinson's, parkinson, alzheimer*, dementia, schizophreni*, bipolar disorder, autis*, adhd, asthma, copd, dialysis, insulin, antidepress*, chemo, miscarriage, pregnan*, hearing loss, tinnitus, heart attack, heart disease, heart failure, pacemaker, hepatitis, tuberculosis, psychiatr*, psychotherap*, rehab clinic, sick leave, sick note, blood pressure medication, eating disorder, anorexi*, bulimi*, post-traumatic, ptsd, panic attacks, suicid*, overdose, medical certificate, hearing aid for my, wheelchair user, \
         krebserkrank*, brustkrebs, chemotherapie, herzinfarkt, schlaganfall, schwanger*, fehlgeburt, schwerbehindert*, krankschreib*, krankgeschrieben, arbeitsunfahig*, depressionen, zuckerkrank*, bluthochdruck, schwerhorig*, horverlust, demenz, magersucht, burnout-klinik, psychotherapie, herzschrittmacher, bandscheibenvorfall, rheuma, \
         cancer du sein, chimiotherapie, enceinte de, fausse couche, arret maladie, crise cardiaque, avc, depressif, depressive, handicape*, malentendant*, seropositi*, sclerose en plaques, insuffisance cardiaque, hypertension, \
         cancer de mama, quimioterapia, embarazada, aborto espontaneo, baja medica, baja por enfermedad, infarto, ictus, seropositiv*, discapacidad, esclerosis multiple, hipertension, sordera, \
         tumore al seno, chemioterapia, incinta, aborto spontaneo, certificato medico, infarto, invalidita, sieropositiv*, sclerosi multipla, ipertensione, sordita, \
         borstkanker, chemokuur, zwanger*, miskraam, ziekteverlof, ziekgemeld, hartaanval, beroerte, gehandicapt*, hardhorend*, suikerziekte, \
         cancro da mama, gravida, baixa medica, atestado medico, enfarte, deficiencia auditiva, esclerose multipla, hipertensao",
        "cancer, tumor, tumour, depression, depressed, anxiety, disability, disabled person, blind, deaf, allerg*, surgery, operated on, infection, infected, fever, migraine*, epileptic, medication, my meds, diagnos*, my doctor, therapist, illness, sick, disease, symptom*, hospital*, covid, corona, stroke, arthritis, chronic*, back pain, chest pain, pain in my, wheelchair, hearing aid*, prescription, injur*, bleeding, treatment for, \
         krebs, tumor, depression, depressiv*, angststorung, behinder*, blind, gehorlos, taub, allergi*, operiert, operation, entzundung, fieber, migrane, medikament*, tabletten, diagnose*, hausarzt, arztin, krankheit, krank, erkrank*, krankenhaus, klinik, therapie, schmerzen, rollstuhl, horgerat*, rezept vom, \
         cancer, tumeur, depression, anxiete, handicap, aveugle, sourd*, allergi*, operee, opere, fievre, migraine*, medicament*, diagnosti*, mon medecin, maladie, malade, hopital, symptome*, douleur*, fauteuil roulant, appareil auditif, ordonnance, traitement, \
         cancer, tumor, depresion, ansiedad, ciego, ciega, sordo, sorda, alergi*, operado, operada, fiebre, migrana, medicamento*, diagnostic*, mi medico, enfermedad, enfermo, enferma, hospital, sintoma*, dolor de, silla de ruedas, audifono*, receta medica, tratamiento, \
         cancro, tumore, depressione, ansia, cieco, cieca, sordo, sorda, allergi*, operato, operata, febbre, emicrania, farmaco, farmaci, diagnosi, diagnosticat*, mio medico, malattia, malato, malata, ospedale, sintom*, dolore, sedia a rotelle, apparecchio acustico, ricetta medica, terapia, \
         kanker, tumor, depressie, depressief, angststoornis, blind, doof, allergi*, geopereerd, koorts, migraine, medicijn*, diagnose, mijn arts, huisarts, ziekte, ziek, ziekenhuis, symptomen, pijn in, rolstoel, hoortoestel, behandeling, \
         cancro, cancer, tumor, depressao, ansiedade, cego, cega, surdo, surda, alergi*, operado, operada, febre, enxaqueca, medicamento*, diagnostic*, meu medico, doenca, doente, hospital, sintoma*, dor de, dores, cadeira de rodas, aparelho auditivo, tratamento",
    ),
    (
        Category::Belief,
        "jehovah's witness*, ramadan, bar mitzvah, my faith, religious belief*, for religious reasons, freemason*, scientolog*, i am an atheist, i am muslim, i am a muslim, i am jewish, i am catholic, i am hindu, i am buddhist, i am a christian, my religion, \
         zeugen jehovas, aus religiosen grunden, kirchensteuer, konfession, mein glaube, meinem glauben, konvertiert, \
         temoin de jehovah, pour des raisons religieuses, ma foi religieuse, ma religion, \
         testigo de jehova, por motivos religiosos, mi religion, \
         testimone di geova, per motivi religiosi, la mia religione, \
         jehova's getuige, om religieuze redenen, mijn geloof, \
         testemunha de jeova, por motivos religiosos, a minha religiao",
        "muslim*, islam*, jewish, catholic*, protestant, hindu, buddhist, atheist, mosque, synagogue, my church, our church, my parish, baptis*, halal, kosher, pray, \
         muslim*, moslem*, judisch*, jude, judin, katholisch*, evangelisch*, atheist*, moschee, synagoge, kirchengemeinde, getauft, konfirm*, beten, \
         musulman*, juif, juive, catholique*, protestant*, athee, mosquee, synagogue, ma paroisse, bapteme, prier, \
         musulman*, judio, judia, catolic*, ateo, atea, mezquita, sinagoga, mi iglesia, bautizo, rezar, \
         musulman*, ebreo, ebrea, cattolic*, ateo, atea, moschea, sinagoga, mia chiesa, battesimo, pregare, \
         moslim*, joods, katholiek*, protestants, moskee, synagoge, onze kerk, mijn kerk, gedoopt, bidden, \
         muculman*, judeu, judia, catolic*, ateu, mesquita, sinagoga, minha igreja, batizado, rezar",
    ),
    (
        Category::SexLife,
        "homosexual*, bisexual*, lesbian, transgender, trans woman, trans man, sexual orientation, i am gay, i'm gay, my sex life, erectile dysfunction, sexually transmitted, coming out as, \
         homosexuell*, bisexuell*, lesbisch*, lesbe, schwul, transsexuell*, transfrau, transmann, sexuelle orientierung, sexualleben, erektionsstorung*, \
         homosexuel*, bisexuel*, lesbienne, transgenre, orientation sexuelle, vie sexuelle, \
         homosexual*, bisexual*, lesbiana, transgenero, orientacion sexual, vida sexual, \
         omosessual*, bisessual*, lesbica, transgender, orientamento sessuale, vita sessuale, \
         homoseksueel, biseksueel, lesbisch, seksuele geaardheid, seksleven, \
         homossexua*, bissexua*, lesbica, orientacao sexual, vida sexual",
        "gay, queer, lgbt*, husband and i are both men, sex toy*, viagra, impoten*, contracepti*, \
         sexspielzeug, verhutung*, sextoy*, contraception, anticonceptiv*, preservativ*, anticoncepcional",
    ),
    (
        Category::TradeUnion,
        "trade union*, labor union, labour union, union member*, union rep, union representative, union dues, shop steward, works council member, \
         gewerkschaft*, ver.di, ig metall, betriebsratsmitglied, \
         syndique, syndiquee, delegue syndical, cotisation syndicale, \
         sindicato, sindicalista, afiliado sindical, cuota sindical, \
         sindacato, sindacalista, iscritto al sindacato, \
         vakbond*, vakbondslid, \
         sindicalizado, sindicalizada, quota sindical",
        "my union, our union, syndicat, cgt, cfdt, fnv, cgil, ugt, ccoo, i am on strike, streik, en greve, huelga, sciopero, greve",
    ),
    (
        Category::BiometricOrGenetic,
        "dna test*, dna sample, dna profile, genetic test*, genetic disorder, genetic data, brca1, brca2, hereditary disease, iris scan, retina scan, voiceprint, biometric data, \
         gentest, genetisch*, dna-test, dna-probe, erbkrankheit, biometrische daten, iris-scan, \
         test adn, test genetique, donnees biometriques, maladie hereditaire, \
         prueba de adn, prueba genetica, datos biometricos, enfermedad hereditaria, \
         test del dna, test genetico, dati biometrici, malattia ereditaria, \
         dna-onderzoek, genetische test, biometrische gegevens, erfelijke ziekte, \
         teste de adn, teste de dna, teste genetico, dados biometricos, doenca hereditaria",
        "my fingerprint, my fingerprints, my dna, face scan, facial recognition, my genes, \
         fingerabdruck, fingerabdrucke, mein erbgut, gesichtserkennung, empreintes digitales, huella dactilar, huellas dactilares, impronte digitali, vingerafdruk*, impressoes digitais",
    ),
    (
        Category::Politics,
        "political opinion*, political views, party membership, member of the labour party, member of the conservative party, i voted for, i vote for, card-carrying member, \
         politische meinung, politische einstellung, parteimitglied*, parteibuch, ich wahle die, \
         opinions politiques, opinion politique, membre du parti, j'ai vote pour, \
         opiniones politicas, afiliado al partido, militante del partido, vote por, \
         opinioni politiche, iscritto al partito, tesserato del partito, ho votato, \
         politieke mening, politieke overtuiging, partijlid, ik stem op, \
         opinioes politicas, membro do partido, filiado no partido, votei em",
        "republican, democrat, socialist, communist, conservative voter, anarchist, demonstrate against, demonstrated against, protest march, \
         kommunist*, sozialist*, anarchist*, cdu, spd, afd, demonstration gegen, \
         communiste, socialiste, comunista, socialista, communistisch",
    ),
    (
        Category::EthnicOrigin,
        "ethnic origin, ethnicity, my race, because of my skin colour, because of my skin color, racial profiling, racial discrimination, romani, sinti and roma, \
         ethnische herkunft, wegen meiner hautfarbe, meiner herkunft, sinti und roma, rassistisch beleidigt, \
         origine ethnique, couleur de ma peau, couleur de peau, \
         origen etnico, color de mi piel, \
         origine etnica, colore della pelle, \
         etnische afkomst, huidskleur, \
         origem etnica, cor da minha pele",
        "descent, of african, of turkish, of arab, of asian, i am black, i am a black, person of color, asylum, refugee, immigrant, indigenous, \
         abstammung, migrationshintergrund, asyl*, gefluchtet*, dunkelhautig, immigre*, refugie*, inmigrante, refugiad*, immigrat*, rifugiat*, vluchteling, asielzoeker, imigrante",
    ),
    (
        Category::Criminal,
        "criminal record, previous conviction*, convicted of, on probation, on parole, served time, released from prison, ankle monitor, restraining order against, \
         vorbestraft*, vorstrafe*, bewahrungsstrafe, auf bewahrung, gefangnisstrafe, untersuchungshaft, haftentlassen*, fuhrungszeugnis, strafbefehl, verurteilt wegen, \
         casier judiciaire, condamne pour, condamnee pour, liberte conditionnelle, garde a vue, \
         antecedentes penales, condenado por, condenada por, libertad condicional, \
         precedenti penali, condannato per, condannata per, liberta vigilata, agli arresti domiciliari, \
         strafblad, veroordeeld voor, voorwaardelijk vrij, \
         antecedentes criminais, condenado por, registo criminal, liberdade condicional",
        "prison, in jail, arrested, convicted, my sentence, indicted, charged with theft, charged with fraud, \
         gefangnis, im knast, verhaftet, festgenommen, angeklagt, \
         en prison, arrete par la police, mis en examen, carcel, detenido, arrestad*, prigione, arrestato, gevangenis, gearresteerd, prisao, detid*",
    ),
];

/// Words for somebody: who speaks, or who belongs to them.
pub(super) const PERSON: &str = "i, i'm, i've, i'd, me, my, mine, myself, we, our, us, he, she, his, her, who, husband, wife, son, daughter, mother, father, mum, mom, dad, brother, sister, child, baby, patient, partner, \
     ich, mir, mich, mein, meine, meiner, meinem, meinen, meines, wir, uns, unser, unsere, er, sie, sein, seine, ihr, ihre, mann, frau, sohn, tochter, mutter, vater, kind, patient*, \
     je, j'ai, j'etais, j'avais, moi, mon, ma, mes, nous, notre, il, elle, son, sa, mari, femme, fils, fille, mere, pere, enfant, \
     yo, mi, mis, me, soy, tengo, estoy, nosotros, nuestr*, mi marido, mi mujer, hijo, hija, madre, padre, su, \
     io, mio, mia, miei, mie, sono, ho, noi, nostr*, marito, moglie, figlio, figlia, \
     ik, mij, mijn, wij, ons, onze, hij, zij, haar, zijn, man, vrouw, zoon, dochter, moeder, vader, \
     eu, meu, minha, meus, minhas, sou, tenho, estou, nos, nossa, nosso, marido, mulher, filho, filha, mae, pai";

/// Words of sentences about machines, in which "infected" and "blind" mean something else.
pub(super) const MACHINE: &str = "server, servers, computer*, laptop*, pc, software, website, router, database, script, api, firmware, hard drive, spreadsheet, sensor, scanner, \
     rechner, webseite, datenbank, festplatte, ordinateur*, logiciel, serveur, base de donnees, ordenador, servidor, base de datos, sito web, banca dati, computador, base de dados";

/// Phrases in which a cue means something else.
pub(super) const IDIOMS: &str = "sick of, sick and tired, blind spot*, blind test, blind date, blind trust, turned a blind eye, allergic to waiting, pain in the neck, hospitality, stroke of luck, with one stroke, great depression, depression glass, gay street, heart attack when i saw, nearly had a heart attack, pregnant pause, chronically late, surgery hours, ausser betrieb, prison break, jailbreak, operation system, prescription glasses case, \
     krankheitshalber geschlossen, krankenhausbett verkaufen, operationssystem, fieberhaft, hospital street";
