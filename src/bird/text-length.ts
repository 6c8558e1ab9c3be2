// Cuts long texts of Bird's: one operation can select the same text a thousand times.

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
/** The longest character (grapheme), in UTF-16 units, that is kept or left out as a whole. A grapheme can have any length. */
const MAX_GRAPHEME_LENGTH = 64;

/**
 * Cuts a text to `max` UTF-16 units, at the boundary of a character as a reader sees it (a grapheme).
 *
 * @param max in UTF-16 units, so that the result has no more code points or graphemes than that either
 */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const around = graphemes.segment(text.slice(max - MAX_GRAPHEME_LENGTH, max + 2));
  const begin = around.containing(MAX_GRAPHEME_LENGTH)?.index ?? 0;
  const end = begin === 0 ? max : max - MAX_GRAPHEME_LENGTH + begin;
  // A longer character is cut, but a surrogate pair stays whole.
  return text.slice(0, end).replace(/[\ud800-\udbff]$/, "");
}
