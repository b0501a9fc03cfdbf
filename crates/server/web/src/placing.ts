// Has nodes placed by a thread of its own.
import type { Point, Task } from "./layout";
import LayoutWorker from "./layout.worker.ts?worker";

/** A thread that has placed all it was given. */
let idle: Worker | undefined;

/** The points of a task, unless a signal stops it; then the promise is rejected. */
export function placing(task: Task, signal?: AbortSignal): Promise<Point[]> {
  const worker = idle ?? new LayoutWorker();
  idle = undefined;
  return new Promise((resolve, reject) => {
    const stop = (reason: unknown) => {
      worker.terminate();
      reject(reason);
    };
    const abort = () => stop(signal!.reason);
    signal?.addEventListener("abort", abort);
    worker.onerror = ({ message }) => stop(new Error(message));
    worker.onmessage = ({ data }) => {
      signal?.removeEventListener("abort", abort);
      idle = worker;
      resolve(data);
    };
    worker.postMessage(task);
  });
}
