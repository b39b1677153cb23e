package dev.quern.bench.random;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Ratios by family: the geometric mean, the worst and its seed, in training and inference. */
final class FamilyTable {
  private FamilyTable() {}

  static String of(List<Result> results) {
    Map<String, List<Result>> families =
        results.stream()
            .collect(
                Collectors.groupingBy(Result::family, LinkedHashMap::new, Collectors.toList()));
    StringBuilder text =
        new StringBuilder(
            "| family | networks | training | worst | seed | inference | worst | seed |\n"
                + "|---|--:|--:|--:|--:|--:|--:|--:|\n");
    families.forEach((family, own) -> text.append(row(family, own, false)));
    return text.append(row("all", results, true)).toString();
  }

  private static String row(String name, List<Result> results, boolean several) {
    return String.format(
        Locale.ROOT,
        "| %s | %d | %s | %s |%n",
        name,
        results.size(),
        cells(results, Result::train, several),
        cells(results, Result::infer, several));
  }

  private static String cells(
      List<Result> results, ToDoubleFunction<Result> ratio, boolean several) {
    double logs =
        results.stream().mapToDouble(r -> Math.log(ratio.applyAsDouble(r))).average().orElseThrow();
    Result worst = results.stream().min(Comparator.comparingDouble(ratio)).orElseThrow();
    return String.format(
        Locale.ROOT,
        "%.2f | %.2f | %s%d",
        Math.exp(logs),
        ratio.applyAsDouble(worst),
        several ? worst.family() + "-" : "",
        worst.seed());
  }
}
