package dev.quern.tests;

import dev.quern.Engine;
import dev.quern.error.QuernException;
import java.util.Set;

/** Runs recorded cases on the instruction set that QUERN_ISA names, in a JVM of its own. */
final class IsaMain {
  /** The exit status where Quern refuses to start. */
  static final int REFUSED = 3;

  private static final Set<String> OPERATORS =
      Set.of("conv2d", "max_pool2d", "avg_pool2d", "linear", "softmax");

  private IsaMain() {}

  public static void main(String[] args) {
    try {
      Engine.Info info = Engine.info();
      int cases = runCases(":" + info.isa());
      System.out.println(
          "isa " + info.isa() + ", core " + info.openblasCore() + ", cases " + cases);
      System.out.println("reason " + info.isaReason());
    } catch (QuernException e) {
      System.out.println(e.getClass().getName() + ": " + e.getMessage());
      System.exit(REFUSED);
    }
  }

  private static int runCases(String suffix) {
    GoldenFile file = GoldenFile.read(GoldenFile.bundled("torch-ops.safetensors"));
    int cases = 0;
    for (GoldenCase c : GoldenCase.of(file.content(), false)) {
      if (OPERATORS.contains(c.operator())) {
        Passes passes = new Passes();
        GoldenRunners.run(c, passes);
        passes.assertNoneIsReference();
        if (passes.names().isEmpty()
            || !passes.names().stream().allMatch(n -> n.endsWith(suffix))) {
          throw new AssertionError(c + " ran " + passes.names());
        }
        cases++;
      }
    }
    return cases;
  }
}
