// Places boxes and ways in a thread of its own, since a large picture takes seconds.
import { type Box, type Way, place } from "./layout";

onmessage = ({ data: [boxes, ways] }: MessageEvent<[Box[], Way[]]>) => postMessage(place(boxes, ways));
