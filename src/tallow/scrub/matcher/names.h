/* Names the matcher shares with the Python modules: their patterns, word lists, shapes, schemes. */
#ifndef TALLOW_NAMES_H
#define TALLOW_NAMES_H

/* "module.CONSTANT", without the underscore Python gives it. */
#define PATTERN_NAMES(X) \
    X(VALUES_SEPARATOR, "values.SEPARATOR") \
    X(HEADERS_SCHEME, "headers.SCHEME") \
    X(HEADERS_OWN_SCHEME, "headers.OWN_SCHEME") \
    X(ADDRESSES_RELEASE, "addresses.RELEASE") \
    X(ENDS_BRACKETED, "ends.BRACKETED") \
    X(ENDS_SAID, "ends.SAID") \
    X(VALUES_ACCOUNT, "values.ACCOUNT") \
    X(VALUES_FIELD_NEXT, "values.FIELD_NEXT") \
    X(VALUES_COMPLAINT, "values.COMPLAINT") \
    X(VALUES_CALL, "values.CALL") \
    X(VALUES_OBJECT, "values.OBJECT") \
    X(HEADERS_WORDY, "headers.WORDY") \
    X(HEADERS_MEASURE, "headers.MEASURE") \
    X(HEADERS_MESSAGE_ID, "headers.MESSAGE_ID") \
    X(ENDS_SCOPE, "ends.SCOPE") \
    X(FIELDS_COLUMN, "fields.COLUMN") \
    X(ADDRESSES_PROPERTY, "addresses.PROPERTY") \
    X(ADDRESSES_PRODUCT, "addresses.PRODUCT") \
    X(ADDRESSES_VERSIONED, "addresses.VERSIONED") \
    X(ADDRESSES_VERSIONED_AFTER, "addresses.VERSIONED_AFTER") \
    X(ADDRESSES_REPLACED, "addresses.REPLACED") \
    X(PHONES_COUNTRY, "phones.COUNTRY") \
    X(PHONES_CLOCK, "phones.CLOCK") \
    X(PHONES_GO_CLOCK, "phones.GO_CLOCK") \
    X(PHONES_PHONE_WORD_AFTER, "phones.PHONE_WORD_AFTER") \
    X(PHONES_MARKED, "phones.MARKED") \
    X(PHONES_NEXT_FIELD, "phones.NEXT_FIELD") \
    X(PHONES_LINK, "phones.LINK") \
    X(PHONES_LAST_WORD, "phones.LAST_WORD") \
    X(TOKENS_KNOWN_HASH, "tokens.KNOWN_HASH") \
    X(TOKENS_KNOWN_ID, "tokens.KNOWN_ID") \
    X(TOKENS_PUBLIC, "tokens.PUBLIC") \
    X(TOKENS_HASH_AT_START, "tokens.HASH_AT_START") \
    X(TOKENS_CACHE_KEY, "tokens.CACHE_KEY") \
    X(TOKENS_ASSET, "tokens.ASSET") \
    X(TOKENS_VERSION, "tokens.VERSION") \
    X(TOKENS_PATH_WORD, "tokens.PATH_WORD") \
    X(TOKENS_KEY_BODY, "tokens.KEY_BODY") \
    X(TOKENS_KEY_END, "tokens.KEY_END") \
    X(TOKENS_KEY_LINE_BEFORE, "tokens.KEY_LINE_BEFORE") \
    X(TOKENS_BEARER_WORDS, "tokens.BEARER_WORDS") \
    X(CHECKS_ROUTE_BEFORE, "checks.ROUTE_BEFORE") \
    X(SCRUBBER_MARKER, "scrubber.MARKER") \
    X(SCRUBBER_VERSION_NAME, "scrubber.VERSION_NAME") \
    X(SCRUBBER_VERSION, "scrubber.VERSION")

#define WORD_SET_NAMES(X) \
    X(HEADERS_PROOFS, "headers.PROOFS") \
    X(HEADERS_ATTRIBUTES, "headers.ATTRIBUTES") \
    X(HEADERS_CHOICES, "headers.CHOICES") \
    X(VALUES_KEYWORDS, "values.KEYWORDS") \
    X(ADDRESSES_FILE_ENDINGS, "addresses.FILE_ENDINGS") \
    X(ADDRESSES_REPOSITORY_USERS, "addresses.REPOSITORY_USERS") \
    X(ADDRESSES_PEER_WORDS, "addresses.PEER_WORDS") \
    X(PHONES_COUNTED, "phones.COUNTED") \
    X(CHECKS_ORDER_WORDS, "checks.ORDER_WORDS") \
    X(CHECKS_NUMBER_WORDS, "checks.NUMBER_WORDS")

/* `fields.SHAPES`. */
#define SHAPE_NAMES(X) \
    X(SHAPE_ANY, "any") \
    X(SHAPE_MIXED, "mixed") \
    X(SHAPE_AUTH, "auth") \
    X(SHAPE_COOKIE, "cookie") \
    X(SHAPE_USER, "user") \
    X(SHAPE_USER_ID, "user-id") \
    X(SHAPE_PERSON, "person") \
    X(SHAPE_ADDRESS, "address") \
    X(SHAPE_DATE, "date") \
    X(SHAPE_CODE, "code") \
    X(SHAPE_PHONE, "phone") \
    X(SHAPE_CARD, "card") \
    X(SHAPE_ACCOUNT, "account") \
    X(SHAPE_OFFICIAL, "official") \
    X(SHAPE_PWD, "pwd") \
    X(SHAPE_LONG, "long") \
    X(SHAPE_UID, "uid") \
    X(SHAPE_PASS, "pass")

/* `numbers.SCHEMES`. */
#define SCHEME_NAMES(X) \
    X(SCHEME_US_SSN, "us-ssn") \
    X(SCHEME_US_ITIN, "us-itin") \
    X(SCHEME_CA_SIN, "ca-sin") \
    X(SCHEME_UK_NINO, "uk-nino") \
    X(SCHEME_UK_NHS, "uk-nhs") \
    X(SCHEME_DE_TAX, "de-tax") \
    X(SCHEME_FR_NIR, "fr-nir") \
    X(SCHEME_ES_DNI, "es-dni") \
    X(SCHEME_IT_FISCAL, "it-fiscal") \
    X(SCHEME_PL_PESEL, "pl-pesel") \
    X(SCHEME_NL_BSN, "nl-bsn") \
    X(SCHEME_BE_REGISTER, "be-register") \
    X(SCHEME_SE_PERSON, "se-person") \
    X(SCHEME_FI_PERSON, "fi-person") \
    X(SCHEME_NO_PERSON, "no-person") \
    X(SCHEME_DK_PERSON, "dk-person") \
    X(SCHEME_BR_CPF, "br-cpf") \
    X(SCHEME_IN_AADHAAR, "in-aadhaar") \
    X(SCHEME_IN_PAN, "in-pan") \
    X(SCHEME_CN_RESIDENT, "cn-resident") \
    X(SCHEME_KR_RESIDENT, "kr-resident") \
    X(SCHEME_JP_NUMBER, "jp-number") \
    X(SCHEME_SG_NRIC, "sg-nric") \
    X(SCHEME_AU_TFN, "au-tfn") \
    X(SCHEME_CH_AHV, "ch-ahv") \
    X(SCHEME_ZA_ID, "za-id") \
    X(SCHEME_TR_ID, "tr-id") \
    X(SCHEME_CZ_BIRTH, "cz-birth") \
    X(SCHEME_CL_RUT, "cl-rut") \
    X(SCHEME_MX_CURP, "mx-curp") \
    X(SCHEME_IE_PPS, "ie-pps") \
    X(SCHEME_RO_CNP, "ro-cnp") \
    X(SCHEME_PT_NIF, "pt-nif")

#define AS_NUMBER(name, text) name,
typedef enum { PATTERN_NAMES(AS_NUMBER) N_PATTERNS } PatternName;
typedef enum { WORD_SET_NAMES(AS_NUMBER) N_WORD_SETS } WordSetName;
typedef enum { SHAPE_NAMES(AS_NUMBER) N_SHAPES } Shape;
typedef enum { SCHEME_NAMES(AS_NUMBER) N_SCHEMES } Scheme;
#undef AS_NUMBER

#endif
