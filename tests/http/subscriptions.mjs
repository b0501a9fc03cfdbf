// Subscribes with the clients that people use; a line that begins with `ok` for each that hears revisions in order.
import { createClient as createSocketClient } from 'graphql-ws';
import { createClient as createEventClient } from 'graphql-sse';
import { SubscriptionClient } from 'subscriptions-transport-ws';
import WebSocket from 'ws';

const url = process.argv[2];
const socketUrl = url.replace('http', 'ws');
const query = 'subscription { revisionRecorded(afterNumber: 0) { number message } }';

/** Takes the first revisions that a client hears. */
function hear(name, subscribe) {
  return new Promise((resolve, reject) => {
    const numbers = [];
    let stop = () => {};
    const late = setTimeout(() => reject(new Error(`${name} heard ${numbers} only`)), 20_000);
    stop = subscribe({
      next(result) {
        if (result.errors) return reject(new Error(`${name}: ${JSON.stringify(result.errors)}`));
        numbers.push(result.data.revisionRecorded.number);
        // An event that was on its way when the client stopped may still come.
        if (numbers.length !== 4) return;
        clearTimeout(late);
        stop();
        const inOrder = numbers.every((number, at) => number === at + 1);
        inOrder ? resolve(console.log(`ok ${name}`)) : reject(new Error(`${name} heard ${numbers}`));
      },
      error: (error) => reject(new Error(`${name}: ${error?.message ?? JSON.stringify(error)}`)),
      complete() {},
    });
  });
}

const socket = createSocketClient({ url: socketUrl, webSocketImpl: WebSocket });
await hear('graphql-ws', (sink) => socket.subscribe({ query }, sink));
await socket.dispose();

const events = createEventClient({ url });
await hear('graphql-sse', (sink) => events.subscribe({ query }, sink));
events.dispose();

const older = new SubscriptionClient(socketUrl, { reconnect: false }, WebSocket);
await hear('subscriptions-transport-ws', (sink) => {
  const subscription = older.request({ query }).subscribe(sink);
  return () => subscription.unsubscribe();
});
older.close();

const iterated = createSocketClient({ url: socketUrl, webSocketImpl: WebSocket });
for await (const result of iterated.iterate({ query: '{ schools { totalCount } }' })) {
  if (result.data.schools.totalCount > 0) console.log('ok a query over graphql-ws');
}
await iterated.dispose();
