// The order in which Jest starts the files of tests: those that spawn processes first, because they take longest. The
// short unit tests then fill the workers until the end. Without it a fresh clone starts the largest files first.
import exported from "@jest/test-sequencer";

// The package's types are those of its CommonJS form, in which the class is the export `default`.
const Sequencer = /** @type {typeof exported.default} */ (/** @type {unknown} */ (exported));

/** @typedef {Parameters<InstanceType<typeof exported.default>["sort"]>[0]} Tests */

/** The projects of jest.config.js in this order, and before them those that it does not name. */
const order = ["process", "house", "gateway", "unit"];

export default class LongFirst extends Sequencer {
  /**
   * @override
   * @param {Tests} tests
   * @returns the tests of each project together, as Jest would sort them
   */
  async sort(tests) {
    const sorted = await super.sort(tests);
    /** @param {Tests[number]} test */
    const rank = ({ context }) => order.indexOf(context.config.displayName?.name ?? "");
    return sorted.toSorted((one, other) => rank(one) - rank(other));
  }
}
