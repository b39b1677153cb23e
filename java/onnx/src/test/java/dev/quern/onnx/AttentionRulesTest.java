package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.network.Network;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** ONNX's Attention, of opset 23, as ONNX Runtime computes it; what is refused. */
class AttentionRulesTest {
  private static final ScaledDotProductAttention TWO = new ScaledDotProductAttention(2);

  private static final String TOKENS = "Attention q[1,3,8] k[1,5,8] v[1,5,6]";

  private static final String HEADS = " q_num_heads=2 kv_num_heads=2";

  @TempDir Path dir;

  static Stream<Arguments> graphs() {
    return Stream.of(
        Arguments.of(TOKENS + " -> y" + HEADS, TWO),
        Arguments.of(TOKENS + " -> y scale=0.5" + HEADS, TWO.scale(0.5f)),
        Arguments.of(TOKENS + " -> y is_causal=1" + HEADS, TWO.causal(true)),
        Arguments.of(TOKENS + " m(3,5) -> y" + HEADS, TWO.biasHeads(1)),
        Arguments.of(TOKENS + " m(1,2,3,5) -> y" + HEADS, TWO.biasHeads(2)),
        Arguments.of(TOKENS + " m[1,2,3,5] -> y" + HEADS, TWO),
        Arguments.of("Attention q[1,2,3,4] k[1,2,5,4] v[1,2,5,3] -> y", TWO));
  }

  private Network read(String nodes) {
    return Judge.agree(dir, Graphs.of(23, nodes)).network();
  }

  @ParameterizedTest
  @MethodSource("graphs")
  void isOneLayer(String node, ScaledDotProductAttention layer) {
    Network network = read(node);
    List<Object> attention =
        network.nodes().stream()
            .<Object>map(Network.Node::layer)
            .filter(ScaledDotProductAttention.class::isInstance)
            .toList();
    assertThat(attention).containsExactly(layer);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Attention q[1,3,8] k[1,5,4] v[1,5,4] -> y q_num_heads=2 kv_num_heads=1 | heads",
        "Attention q[1,3,8] k[1,5,8] v[1,5,8] -> y q_num_heads=2 kv_num_heads=2 softcap=1.5 | softcap",
        "Attention q[1,3,8] k[1,5,8] v[1,5,8] _ p[1,2,4,4] r[1,2,4,4] -> y q_num_heads=2 kv_num_heads=2 | cache",
        "Attention q[1,3,8] k[1,5,8] v[1,5,8] -> y q_num_heads=3 kv_num_heads=3 | multiple",
        "Attention q[1,3,8] k[1,5,8] v[1,5,8] -> y | heads 0"
      })
  void refuses(String node, String why) {
    assertThatThrownBy(() -> read(node))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining(why);
  }
}
