// A window without room for two panes beside each other: the same width as in `playground.css`.

/** Whether the window is narrow. */
export const isNarrow = (): boolean => matchMedia("(max-width: 60rem)").matches;
