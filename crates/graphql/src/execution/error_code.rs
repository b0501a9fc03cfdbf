//! The codes of errors, each with its HTTP status, what it means and what a client can do: docs/errors.md is printed from it.

/// Declares the codes: name, text, status if it has one of its own, meaning, and what to do.
macro_rules! error_codes {
    ($($name:ident = $text:literal $($status:literal)?, $meaning:literal, $remedy:literal;)*) => {
        /// The code of an error, in `extensions.code`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum ErrorCode {
            $(#[doc = concat!("Means: ", $meaning, ".")] $name,)*
        }

        impl ErrorCode {
            /// All codes, in the order in which a request can meet them.
            pub const ALL: &[ErrorCode] = &[$(ErrorCode::$name),*];

            /// The code as clients see it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(ErrorCode::$name => $text,)* }
            }

            /// The HTTP status of a request that is refused with this code; `None` if the form of the answer decides.
            #[must_use]
            pub fn status(self) -> Option<u16> {
                let own: &[u16] = match self { $(ErrorCode::$name => &[$($status)?],)* };
                own.first().copied()
            }

            /// What it means, in Markdown.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(ErrorCode::$name => $meaning,)* }
            }

            /// What a client can do, in Markdown.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(ErrorCode::$name => $remedy,)* }
            }
        }
    };
}

error_codes! {
    // The HTTP request.
    NotFound = "NOT_FOUND" 404,
        "nothing is at this address",
        "send requests to `/graphql`";
    MethodNotAllowed = "METHOD_NOT_ALLOWED" 405,
        "the address does not take this method, or a mutation came by `GET`",
        "use the method that the message names";
    NotAcceptable = "NOT_ACCEPTABLE" 406,
        "`Accept` names no form in which this operation is answered",
        "accept `application/graphql-response+json` or `application/json`, for a subscription `text/event-stream`";
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE" 415,
        "the request is not said to be plain JSON in UTF-8",
        "send it as `Content-Type: application/json`, without `Content-Encoding`";
    Csrf = "CSRF" 403,
        "a page of another site may have sent this",
        "send it as `Content-Type: application/json`, or with `GraphQL-Require-Preflight: 1`";
    RateLimited = "RATE_LIMITED" 429,
        "more requests than `--max-rate` came from this address",
        "wait for the seconds of `Retry-After`";
    Overloaded = "OVERLOADED" 503,
        "the server, or its database, is busy",
        "try again in a second";
    BodyTimeout = "BODY_TIMEOUT" 408,
        "the body did not arrive within `--max-body-seconds`",
        "send it again";
    BodyTooLarge = "BODY_TOO_LARGE" 413,
        "the body is larger than `--max-body-bytes`",
        "send less at a time";
    BadRequest = "BAD_REQUEST" 400,
        "this is no GraphQL request: a part of it is malformed, missing or given twice",
        "correct what the message names";

    // The document that it names.
    DocumentsOnly = "DOCUMENTS_ONLY" 400,
        "the server answers no other documents than it knows",
        "name one by `documentId`, or by its digest";
    UnknownDocument = "UNKNOWN_DOCUMENT" 400,
        "no document has this `documentId`",
        "name one that the server was started with, or a ready-made question";
    PersistedQueryNotFound = "PERSISTED_QUERY_NOT_FOUND",
        "no document with this digest is kept",
        "send it again with its `query`, as clients of persisted queries do by themselves";
    PersistedQueryNotSupported = "PERSISTED_QUERY_NOT_SUPPORTED",
        "documents are not kept for clients here, or not in this version of the protocol",
        "send `query` alone";
    PersistedQueryHashMismatch = "PERSISTED_QUERY_HASH_MISMATCH",
        "`sha256Hash` is not the digest of `query`",
        "send the SHA-256 of the text as it is sent";

    // The text of a document.
    TooManyTokens = "TOO_MANY_TOKENS",
        "the document has more tokens than `--max-tokens`",
        "ask for less at a time";
    TooDeep = "TOO_DEEP",
        "brackets or variables nest deeper than `--max-nesting`, or fields deeper than `--max-depth`",
        "ask for what is far below in a request of its own";
    NameTooLong = "NAME_TOO_LONG",
        "a name or number of the document has more than 100 characters",
        "shorten it, or send a long value in the variables";
    GraphqlParseFailed = "GRAPHQL_PARSE_FAILED",
        "the document is no GraphQL",
        "correct it where the message says";

    // A document.
    TooManyFragments = "TOO_MANY_FRAGMENTS",
        "the document has more fragments than `--max-fragments`",
        "leave out those that no operation spreads, or write short ones in place";
    TooManyDirectives = "TOO_MANY_DIRECTIVES",
        "more directives stand at one place than `--max-directives`",
        "leave some out";
    TooManyAliases = "TOO_MANY_ALIASES",
        "the document has more aliases than `--max-aliases`",
        "ask for many nouns by a list or by `nodes(ids:)`";
    FragmentCycle = "FRAGMENT_CYCLE",
        "a fragment leads back to itself",
        "break the circle";
    DocumentTooLarge = "DOCUMENT_TOO_LARGE",
        "with its fragments in place the document has more than 50,000 selections",
        "spread fewer fragments within each other";
    IntrospectionDisabled = "INTROSPECTION_DISABLED",
        "the server does not tell its schema or its documents; `/schema.graphql` and `/documents.json` answer 403",
        "read the `schema.graphql` of the release";
    GraphqlValidationFailed = "GRAPHQL_VALIDATION_FAILED",
        "the document, the name of the operation or a variable does not fit the schema",
        "correct it where the message says";

    // An operation and its variables.
    ListTooLong = "LIST_TOO_LONG",
        "a list in the variables has more items than `--max-list-items`",
        "send it in parts";
    IntrospectionTooDeep = "INTROSPECTION_TOO_DEEP",
        "lists of fields lead to each other more than three times in introspection",
        "ask for types by their names";
    TooManyRootFields = "TOO_MANY_ROOT_FIELDS",
        "the operation has more fields at its root than `--max-root-fields`",
        "send it in parts";
    CostTooHigh = "COST_TOO_HIGH",
        "the answer is expected to have more fields, or has more objects, than `--max-cost`",
        "ask for smaller pages, or for less below them";
    TooManySubscriptions = "TOO_MANY_SUBSCRIPTIONS",
        "the connection has as many operations or event streams as `--max-subscriptions`",
        "end one first";

    // Arguments.
    InvalidArgument = "INVALID_ARGUMENT",
        "arguments do not go together, or are out of bounds",
        "correct what the message names";
    InvalidCursor = "INVALID_CURSOR",
        "this is not a cursor, a damaged one, or one of another list",
        "begin again at the first page";
    InvalidDate = "INVALID_DATE",
        "this is not a day of the calendar",
        "write it as `YYYY-MM-DD`";
    InvalidId = "INVALID_ID",
        "this is not an id, or one of another noun",
        "use the `id` of an answer as it is";
    InvalidLanguage = "INVALID_LANGUAGE",
        "this is not a BCP 47 language tag",
        "write it as `en` or `pt-BR`";
    InvalidPageSize = "INVALID_PAGE_SIZE",
        "`first` or `last` is not from 0 to 100",
        "ask for several pages";
    UnknownNoun = "UNKNOWN_NOUN",
        "a filter names something that no revision knows",
        "use the nearest slug, which the message suggests if there is one";
    ImpossibleChange = "IMPOSSIBLE_CHANGE",
        "a change of `whatIf` contradicts what is recorded, or another change: an import would refuse the data set",
        "correct the change at the place that the message names";
    NoScenarios = "NO_SCENARIOS",
        "this server cannot answer `whatIf`: its database can only be read, is empty, is too large, or has rows that an import would refuse today",
        "ask a server that can write, or apply the changes to a copy of the data set";
    UnknownRelease = "UNKNOWN_RELEASE",
        "`release` names no release",
        "use a slug that `releases` lists";
    UnknownRevision = "UNKNOWN_REVISION",
        "`knownAt` names no revision",
        "use a number that `revisions` lists";

    // Rows.
    NoPlace = "NO_PLACE",
        "rows are wanted as GeoJSON, and the query asks for no place",
        "ask for `location { latitude longitude }` of what is to be on the map";
    TooManyRows = "TOO_MANY_ROWS",
        "the rows are more than `--max-rows`, than a spreadsheet holds, or than a list gives to several parents at once",
        "narrow the list by a filter, or ask for larger pages of it";
    RevisionRecorded = "REVISION_RECORDED" 409,
        "a revision was recorded while rows were read page by page",
        "ask again, or within `map`, which is read at one revision";

    // Failures of the server.
    Timeout = "TIMEOUT" 504,
        "the operation took longer than `--max-seconds`",
        "ask for less at a time";
    Internal = "INTERNAL" 500,
        "the server failed",
        "report the `errorId`, if there is one: it leads to the cause in the log";
}

impl ErrorCode {
    /// The code with this text.
    pub(crate) fn find(text: &str) -> Option<ErrorCode> {
        ErrorCode::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}
