package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * PyTorch's results, recorded in double precision and stored as float32, against the twins. Every
 * tensor that a case records beside its inputs must be computed and agree.
 */
class GoldenReferenceTest {
  /** float32 rounds by 6e-8; the rest is for the operators' own float parameters. */
  private static final double TOLERANCE = 1e-6;

  private static final Set<String> INPUTS =
      Set.of("input", "other", "weight", "bias", "target", "grad_output");

  private static final Path FOLDER = Path.of(System.getProperty("quern.root"), "data/golden");

  record Case(Safetensors file, String name, String operator, JsonNode params) {
    @Override
    public String toString() {
      return name;
    }

    /** The recorded tensors by their names in the case. */
    Map<String, NdArray> tensors() {
      Map<String, NdArray> own = new HashMap<>();
      file.tensors()
          .forEach(
              (key, array) -> {
                if (key.startsWith(name + ".")) {
                  own.put(key.substring(name.length() + 1), array);
                }
              });
      return own;
    }
  }

  /** The cases of all files whose operator has a twin. */
  static Stream<Case> cases() throws IOException {
    List<Case> all = new ArrayList<>();
    try (Stream<Path> files = Files.list(FOLDER)) {
      for (Path file : files.filter(p -> p.toString().endsWith(".safetensors")).sorted().toList()) {
        all.addAll(cases(file.getFileName().toString()));
      }
    }
    return all.stream().filter(c -> GoldenOperators.has(c.operator()));
  }

  private static List<Case> cases(String name) throws IOException {
    Safetensors file = Safetensors.read(FOLDER.resolve(name));
    String cases = file.metadata().getOrDefault("cases", "[]");
    return StreamSupport.stream(new ObjectMapper().readTree(cases).spliterator(), false)
        .map(c -> new Case(file, c.get("name").asText(), c.get("op").asText(), c.get("params")))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithPyTorch(Case one) {
    Map<String, NdArray> recorded = one.tensors();
    Map<String, NdArray> computed = GoldenOperators.run(one.operator(), one.params(), recorded);
    assertThat(computed.keySet()).isEqualTo(results(recorded.keySet()));
    computed.forEach((key, array) -> assertClose(key, array, recorded.get(key), TOLERANCE));
  }

  /**
   * What a case records beside its inputs; an optimizer's gradients {@code grad_0} ... are inputs
   * too.
   */
  private static Set<String> results(Set<String> recorded) {
    return recorded.stream()
        .filter(key -> !INPUTS.contains(key) && !key.matches("grad_\\d+"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void coversEveryOperatorThatHasATwin() throws IOException {
    Map<String, Long> counts =
        cases("torch-ops.safetensors").stream()
            .filter(c -> GoldenOperators.has(c.operator()))
            .collect(Collectors.groupingBy(Case::operator, Collectors.counting()));
    assertThat(counts)
        .hasSize(39)
        .containsEntry("conv2d", 51L)
        .containsEntry("max_pool2d", 14L)
        .containsEntry("avg_pool2d", 10L)
        .containsEntry("group_norm", 3L)
        .containsEntry("layer_norm", 2L)
        .containsEntry("linear", 3L)
        .containsEntry("conv_transpose2d", 10L)
        .containsEntry("adaptive_avg_pool2d", 4L)
        .containsEntry("cross_entropy", 5L)
        .containsEntry("optimizer.sgd", 3L)
        .containsKeys("relu", "softmax", "flatten", "flatten_linear")
        .containsKeys("cross_entropy_soft", "bce_with_logits", "mse", "huber");
  }
}
