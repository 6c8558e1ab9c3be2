// Jest's last line, for programs that read the output: how many tests passed and failed.
export default class SummaryReporter {
  /**
   * @param {unknown} _contexts
   * @param {{ numPassedTests: number, numFailedTests: number, numPendingTests: number }} results
   */
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests }) {
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : "";
    process.stderr.write(`\n${numPassedTests} passed, ${numFailedTests} failed${skipped}\n`);
  }
}
