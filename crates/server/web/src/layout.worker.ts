// Places nodes in a thread of its own, since a large picture takes seconds.
import { type Task, place } from "./layout";

onmessage = ({ data }: MessageEvent<Task>) => postMessage(place(data));
