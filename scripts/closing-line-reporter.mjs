// Ends the output with the plain line that CI reads: "N passed, N failed, N skipped".
export default class ClosingLineReporter {
  onTestRunEnd(modules) {
    const count = { passed: 0, failed: 0, skipped: 0 }
    let brokenFiles = 0
    for (const module of modules) {
      if (module.state() === "failed" && module.errors().length > 0) brokenFiles++
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        count[state === "pending" ? "skipped" : state]++
      }
    }
    process.on(
      "exit",
      () => console.log(`${count.passed} passed, ${count.failed + brokenFiles} failed, ${count.skipped} skipped`)
    )
  }
}
