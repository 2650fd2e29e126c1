//! Numbers made at random, of which each tells a weight, a bound or a letter of a check from the one beside it.
//! python-stdnum 2.2 agrees on all whose kind it reads, but for what only one of the two refuses: bis, coordination and
//! D-numbers, a second letter I in Ireland, states of India, prefixes of routing numbers, ITIN group 65, South African
//! refugees, Austrian months above 15.

use super::*;

type Sample = (&'static NumberKind, Check, &'static [&'static str]);

const SAMPLES: &[Sample] = &[
    (&at_svnr::KIND, Check::Right, &["4318871576"]),
    (&at_svnr::KIND, Check::Wrong, &["7714051645"]),
    (&au_medicare::KIND, Check::Right, &["6288862642"]),
    (&au_medicare::KIND, Check::Wrong, &["7928147752"]),
    (
        &be_nn::KIND,
        Check::Right,
        &["17803105855", "49070003870", "55120033758", "85003103346", "85120003390"],
    ),
    (&be_nn::KIND, Check::Wrong, &["47409891135", "85003203316", "85130003397"]),
    (&br_cnpj::KIND, Check::Right, &["16242333900400"]),
    (&de_ausweis::KIND, Check::Right, &["H57C57Z530"]),
    (&de_kvnr::KIND, Check::Right, &["J241757464", "I123256682"]),
    (&de_rvnr::KIND, Check::Right, &["85161188R783"]),
    (&de_steuer_id::KIND, Check::Right, &["12340678900"]),
    (&es_dni::KIND, Check::Right, &["91774760E"]),
    (&fi_hetu::KIND, Check::Right, &["131053A3082", "131072Y308Y"]),
    (&fr_nir::KIND, Check::Right, &["258122A47290802", "423991903906858", "110423846259673"]),
    (&fr_nir::KIND, Check::Wrong, &["1604361215418", "1541391768132"]),
    (&ie_pps::KIND, Check::Right, &["4683855VI"]),
    (&ie_pps::KIND, Check::Wrong, &["6432235NJ"]),
    (&in_aadhaar::KIND, Check::Wrong, &["134123412326"]),
    (&in_gstin::KIND, Check::Right, &["01CRZZE3510I6NW", "28AAPFZ0531F1Z0"]),
    (&in_gstin::KIND, Check::Wrong, &["00AAABU0939F4ZV"]),
    (&in_pan::KIND, Check::Nothing, &["AMAAZ0749C", "MCKTR7003R", "PAQPB0001W"]),
    (
        &it_codice_fiscale::KIND,
        Check::Right,
        &[
            "HKQMKZ43A41V579V",
            "XMYDNV43R46Y1L2C",
            "LEVJZO03L71U407V",
            "URTMOT05D09P505I",
            "MSWMRA85T17A7P2P",
            "RBSMRA84T10A56VF",
        ],
    ),
    (&it_codice_fiscale::KIND, Check::Wrong, &["RSPMRA85T14A54AL", "WLOLKT82P35Z104U", "RSSMRA85T10AB62F"]),
    (&it_partita_iva::KIND, Check::Wrong, &["IU00760170977"]),
    (&kr_rrn::KIND, Check::Right, &["8106111683191"]),
    (&no_fnr::KIND, Check::Right, &["71455828389", "41456940216"]),
    (&passport::KIND, Check::Nothing, &["C01X00T47"]),
    (&passport::KIND, Check::Wrong, &["ABCDEFG12"]),
    (&pl_nip::KIND, Check::Wrong, &["PD8566346265"]),
    (&pl_pesel::KIND, Check::Right, &["89903121577"]),
    (&pl_regon::KIND, Check::Right, &["000050890"]),
    (&pt_nif::KIND, Check::Right, &["954666380", "582713170"]),
    (&pt_nif::KIND, Check::Wrong, &["PF501964843"]),
    (&se_personnummer::KIND, Check::Right, &["8010612391", "205107209743", "3808916435"]),
    (&se_personnummer::KIND, Check::Wrong, &["218112289874"]),
    (&serial_number::KIND, Check::Nothing, &["AU1AR1WA3S"]),
    (&serial_number::KIND, Check::Wrong, &["P3IELPRO9A"]),
    (&sg_nric::KIND, Check::Right, &["S1734576A", "G1434517K", "F1234563K", "T2234347A"]),
    (&uk_driving_licence::KIND, Check::Nothing, &["LXRGA662054SM9IY"]),
    (&uk_driving_licence::KIND, Check::Wrong, &["EORGF661314EM1VN"]),
    (
        &uk_nino::KIND,
        Check::Nothing,
        &["NP523456C", "KB123456C", "TG123216", "ZR123456A", "GG193826C", "BB123486"],
    ),
    (&uk_nino::KIND, Check::Wrong, &["AV123450", "DB123496", "VB923462", "GD173456C"]),
    (
        &uk_utr::KIND,
        Check::Right,
        &[
            "8355839610",
            "3545839669",
            "2955839862",
            "4862539698",
            "9598457182",
            "2013879059",
            "5458839661",
            "6975899513",
            "7409876840",
            "1955859661",
        ],
    ),
    (&us_aba::KIND, Check::Right, &["721000088", "804225272", "321960049"]),
    (&us_aba::KIND, Check::Wrong, &["133000621", "731000023", "331800021"]),
    (&us_dea::KIND, Check::Right, &["XE9764780"]),
    (&us_driver_licence::KIND, Check::Nothing, &["KJTTIHM647EK"]),
    (&us_itin::KIND, Check::Nothing, &["968881034", "912651234", "999921294"]),
    (&vin::KIND, Check::Right, &["1M8GDH9B9KR042088", "1M8453700K1042788"]),
    (&vin::KIND, Check::Wrong, &["1M845370021042788"]),
    (&za_id::KIND, Check::Right, &["8503305040284"]),
    (&za_id::KIND, Check::Wrong, &["7505305044399"]),
];

#[test]
fn every_weight_and_bound_of_a_check_counts() {
    for (kind, verdict, numbers) in SAMPLES {
        for number in *numbers {
            assert_eq!((kind.check)(number), *verdict, "{} {number}", kind.name);
        }
    }
}

#[test]
fn a_day_that_no_month_has_passes_with_no_check_sign() {
    for sign in ('A'..='Z').chain('0'..='9') {
        for (kind, number) in [
            (&it_codice_fiscale::KIND, "RSSMRA85T75A562"),
            (&it_codice_fiscale::KIND, "RSSMRA85T40A562"),
            (&se_personnummer::KIND, "801292239"),
            (&se_personnummer::KIND, "801260239"),
        ] {
            assert_ne!((kind.check)(&format!("{number}{sign}")), Check::Right, "{number}{sign}");
        }
    }
}
