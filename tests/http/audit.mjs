// The audit of the GraphQL-over-HTTP draft: `node audit.mjs http://127.0.0.1:4000/graphql`; every MUST, SHOULD and MAY has to pass.
import { auditServer } from "graphql-http";

const results = await auditServer({ url: process.argv[2] });
const amiss = results.filter(({ status }) => status !== "ok");
for (const { id, name, status, reason } of amiss) console.log(`${status} ${id} ${name}: ${reason}`);
console.log(`${results.length - amiss.length} passed, ${amiss.length} failed`);
process.exit(amiss.length === 0 ? 0 : 1);
