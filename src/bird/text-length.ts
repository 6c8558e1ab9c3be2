// How long a text of Bird's may be: one long value, asked for a thousand times, would make an answer of any size.

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
/** What belongs to one character may be as long as the text: more than this is not left out for its sake. */
const MAX_GRAPHEME_LENGTH = 64;

/**
 * The beginning of a text, without a part of what a reader sees as one character.
 *
 * @param max in UTF-16 units, so that it holds however a caller counts
 */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const around = graphemes.segment(text.slice(max - MAX_GRAPHEME_LENGTH, max + 2));
  const begin = around.containing(MAX_GRAPHEME_LENGTH)?.index ?? 0;
  const end = begin === 0 ? max : max - MAX_GRAPHEME_LENGTH + begin;
  // Where a character is longer than that, it is at least no half of a surrogate pair that stays.
  return text.slice(0, end).replace(/[\ud800-\udbff]$/, "");
}
