package dev.quern.reference.network;

import static dev.quern.reference.TestArrays.assertClose;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.reference.NdArray;
import dev.quern.reference.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
      Set.of(
          "input",
          "other",
          "offset",
          "condition",
          "query",
          "key",
          "value",
          "mask",
          "weight",
          "bias",
          "running_mean",
          "running_var",
          "target",
          "grad_output");

  /** Files of cases; torch-steps is of another form. */
  private static final List<Safetensors> GOLDEN = golden();

  private static List<Safetensors> golden() {
    Path folder = Path.of(System.getProperty("quern.root"), "data/golden");
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".safetensors"))
          .sorted()
          .map(Safetensors::read)
          .filter(file -> file.metadata().containsKey("cases"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

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

  /** The cases whose operator has a twin. */
  static Stream<Case> cases() {
    return GOLDEN.stream()
        .flatMap(GoldenReferenceTest::cases)
        .filter(c -> GoldenOperators.has(c.operator()));
  }

  private static Stream<Case> cases(Safetensors file) {
    try {
      JsonNode list = new ObjectMapper().readTree(file.metadata().get("cases"));
      return StreamSupport.stream(list.spliterator(), false)
          .map(c -> new Case(file, c.get("name").asText(), c.get("op").asText(), c.get("params")));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
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
        .filter(key -> !GoldenRecurrent.isWeight(key))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void coversEveryOperatorThatHasATwin() {
    Map<String, Long> counts =
        cases().collect(Collectors.groupingBy(Case::operator, Collectors.counting()));
    assertThat(counts)
        .containsEntry("conv1d", 5L)
        .containsEntry("conv3d", 8L)
        .containsEntry("max_pool3d", 4L)
        .containsEntry("avg_pool3d", 4L)
        .containsEntry("batch_norm3d", 2L)
        .containsEntry("batch_norm1d", 4L)
        .containsEntry("conv2d", 60L)
        .containsEntry("max_pool2d", 18L)
        .containsEntry("avg_pool2d", 16L)
        .containsEntry("group_norm", 3L)
        .containsEntry("layer_norm", 2L)
        .containsEntry("rms_norm", 6L)
        .containsEntry("linear", 3L)
        .containsEntry("conv_transpose2d", 10L)
        .containsEntry("deform_conv2d", 8L)
        .containsEntry("adaptive_avg_pool2d", 4L)
        .containsEntry("cross_entropy", 14L)
        .containsEntry("optimizer.sgd", 3L)
        .containsKeys("relu", "softmax", "flatten", "flatten_linear")
        .containsKeys("cross_entropy_soft", "bce_with_logits", "mse", "huber")
        .containsKeys("sigmoid_focal", "softmax_focal", "dice");
  }
}
