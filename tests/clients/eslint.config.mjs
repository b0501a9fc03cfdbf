// What the linter asks of the schema and of the curated questions: all rules of its own sets, but for those below, each with its reason.
export default (plugin, folder) => {
  const graphQLConfig = { schema: `${folder}/schema.graphql`, documents: `${folder}/queries/*.graphql` };
  const common = { languageOptions: { parser: plugin.parser, parserOptions: { graphQLConfig } }, plugins: { "@graphql-eslint": plugin } };
  const { rules: recommended } = plugin.configs["flat/schema-recommended"];
  const [, names] = recommended["@graphql-eslint/naming-convention"];
  return [
    {
      ...common,
      files: ["schema.graphql"],
      rules: {
        ...recommended,
        ...plugin.configs["flat/schema-relay"].rules,
        // `_Any`, `_Entity`, `_Service`, `_entities` and `_service` are federation's names.
        "@graphql-eslint/naming-convention": ["error", { ...names, allowLeadingUnderscore: true }],
        // Short closed lists are plain lists, and a connection has `nodes` beside `edges`; the rest of the rule holds.
        "@graphql-eslint/relay-edge-types": ["error", { listTypeCanWrapOnlyEdgeType: false }],
        // An edge, a page or a date is a value and has no id; nouns have one, as `Node` demands.
        "@graphql-eslint/strict-id-in-types": "off",
        // `sources` is what every noun answers, also a source; a school's type is no `type`, and a definition is more than a `text`.
        "@graphql-eslint/no-typename-prefix": "off",
      },
    },
    {
      ...common,
      files: ["queries/*.graphql"],
      rules: {
        ...plugin.configs["flat/operations-recommended"].rules,
        // People read these answers, and slugs; by its id a cache would take a school on two days for one.
        "@graphql-eslint/require-selections": "off",
        // To walk far in one question is the point; the server's own limit is the one to keep.
        "@graphql-eslint/selection-set-depth": ["error", { maxDepth: 30 }],
      },
    },
  ];
};
