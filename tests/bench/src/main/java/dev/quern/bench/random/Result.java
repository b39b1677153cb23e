package dev.quern.bench.random;

import java.util.Locale;

/**
 * What was measured of a network, a line of the results file.
 *
 * @param multiplyAdds of an image
 * @param quernTrain images a second, as the three that follow
 * @param quernFalls whether Quern's loss fell, as the next says of PyTorch's
 * @param others cores that other programs kept busy meanwhile
 */
record Result(
    String family,
    int seed,
    int batch,
    int threads,
    long multiplyAdds,
    double quernTrain,
    double torchTrain,
    double quernInfer,
    double torchInfer,
    boolean quernFalls,
    boolean torchFalls,
    double others) {

  double train() {
    return quernTrain / torchTrain;
  }

  double infer() {
    return quernInfer / torchInfer;
  }

  boolean isOf(String otherFamily, int otherSeed, int otherBatch, int otherThreads) {
    return family.equals(otherFamily)
        && seed == otherSeed
        && batch == otherBatch
        && threads == otherThreads;
  }

  static String head() {
    return "| network | million multiply-adds | batch | Quern trains | PyTorch | ratio | Quern runs"
        + " | PyTorch | ratio | others' cores |\n"
        + "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|";
  }

  String row() {
    return String.format(
        Locale.ROOT,
        "| %s-%d | %.1f | %d | %.1f%s | %.1f%s | %.2f | %.1f | %.1f | %.2f | %.2f |",
        family,
        seed,
        multiplyAdds / 1e6,
        batch,
        quernTrain,
        mark(quernFalls),
        torchTrain,
        mark(torchFalls),
        train(),
        quernInfer,
        torchInfer,
        infer(),
        others);
  }

  private static String mark(boolean falls) {
    return falls ? "" : " (its loss did not fall)";
  }
}
