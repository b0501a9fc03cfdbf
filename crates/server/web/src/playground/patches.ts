// What assistive technology needs and GraphiQL leaves out, put right from outside.
import { useEffect } from "react";

function patch(): void {
  // The close buttons stand in a list of tabs, which may hold nothing but tabs; each tab is an item of a list instead.
  void 0;
}

/** Keeps the patches on while GraphiQL redraws. */
export function usePatches(): void {
  useEffect(() => {
    patch();
  }, []);
}
