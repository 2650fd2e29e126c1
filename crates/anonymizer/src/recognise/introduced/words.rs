//! Words that follow an introduction and are no names, and the labels that a name follows. All folded.

use std::collections::HashSet;
use std::sync::LazyLock;

/// What follows an introduction and is no name.
const NO_NAMES: &str = "\
    parent parents students hr sirs families residents marketing insurance admissions consulting absolutely \
    awesome policies notes bye goodbye cheers see world ciao adios tschuss a aber about accounts afraid \
    after again al all alle also always am amazon american an and android anonymous any anyone apple as asap \
    assistant at auch auf aus avec aware back because before bei best beste bien bij billing bin bis bitte \
    bot british but by calling can canadian ceo che chinese christmas clients colleagues com committee con \
    content correct covid customer customers dad damen dank dann dans das dass de dear del dem den \
    department der des desole developer dhl die different director do doch doctor does done dort dr dutch e \
    easter een ein eine el elle en engineer english equipe equipo erg et euer european even ever everybody \
    everyone facebook falsch fedex fine folks for frau fraud french freundliche freundlichen friends froh \
    from geehrte gentlemen gerade german gestern getting glad gli god going good google great gruss grusse guys hab habe \
    hallo happy hatte have having he heel hello her here herr herren herzliche herzlichen het heute hi hier \
    hiring his how human i ich if ihr ihre ik il ils im important in incorrect indian interested internet \
    invalid iphone is ist it italian its japanese je jesus jetzt jij just kann kind konnen la ladies las \
    later lawyer leider less liebe like listed lo looking los ma maar madam mais mal manager many maybe me \
    members met mi microsoft missing misspelled mit mochte molto mom monday more morgen most mr mrs ms much \
    muss muy my na naar nach name nao need never new nicht niet no nobody noch non none not nous now null \
    nur nurse oder of ok okay okey old on once one only or order os our owner para pas paypal pending per \
    pero person please plus polish por portuguese pour president printed que qui quoi really recipient \
    regards required resources russian sad sales schon schone schonen security sehr seit senor senora \
    senores service she shown si sie signori sim sincerely sind sir so soll someone sono sorry spanish \
    spelled spelt still student stupid su supervisor support sur sure tbd teacher team technical test thank \
    thanks that the their then there they this three to todas today todos tomorrow tres trying tu tutti two \
    u um uma una unable und undefined unknown uno uns unter ups urgent us using valued van very viele vielen \
    visa visible voor vor vorab vous waiting wann war warm warum was we weil welcome well wenn wer werde \
    what whatsapp when where which who why wie wifi wij windows wir wird with wo writing written wrong \
    wrongly y yeah yes you your yours zu zum zur zusammen";

/// People without their name.
const PEOPLE: &str = "customer client agent support user guest sir madam";

/// A name follows these and a colon.
const FIELDS: &str = "\
    patient doctor physician nurse customer agent client insured contact recipient kunde kundin \
    ansprechpartner empfanger passenger guest sender cardholder holder plaintiff defendant employee manager \
    supervisor author teacher professor student tenant landlord beneficiary applicant candidate attorney \
    judge witness buyer seller lawyer policyholder attendee member user operator representative cliente \
    paciente destinatario titular remitente patiente destinataire titulaire expediteur paziente intestatario \
    mittente klant ontvanger afzender";

/// A name follows these at the start of a line of a quoted mail.
const HEADERS: &str = "\
    from to cc bcc von an de a da para van aan fra sender reply";

/// Whether a name follows this word and a colon.
pub(super) fn is_field(word: &str) -> bool {
    static ALL: LazyLock<HashSet<&str>> = LazyLock::new(|| FIELDS.split_ascii_whitespace().collect());
    ALL.contains(word)
}

/// Whether this begins a line of a quoted mail that has a name.
pub(super) fn is_header(word: &str) -> bool {
    HEADERS.split_ascii_whitespace().any(|header| header == word)
}

/// Whether a word that follows an introduction is none of a name.
pub(super) fn is_no_name_word(word: &str) -> bool {
    static ALL: LazyLock<HashSet<&str>> =
        LazyLock::new(|| NO_NAMES.split_ascii_whitespace().chain(PEOPLE.split_ascii_whitespace()).collect());
    ALL.contains(word)
}
