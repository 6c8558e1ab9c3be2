// Summarises many measurements in a few figures.

/** @param {readonly number[]} values */
export function median(values) {
  return percentile(values, 50);
}

/**
 * @param {readonly number[]} values at least one
 * @param {number} percent of the values are not above the result (nearest rank)
 * @returns {number}
 */
export function percentile(values, percent) {
  const sorted = values.toSorted((a, b) => a - b);
  return /** @type {number} */ (sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)]);
}
