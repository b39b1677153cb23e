package dev.quern.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.recurrent.Direction;
import dev.quern.layer.recurrent.Gru;
import dev.quern.layer.recurrent.Lstm;
import dev.quern.layer.recurrent.Recurrent;
import dev.quern.layer.recurrent.Rnn;
import dev.quern.predict.ModelData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** LSTM, GRU and RNN of ONNX, judged by ONNX Runtime. */
class RecurrentRulesTest {
  /** Weights of both signs, of one direction and of two, by the number of gates. */
  private static final String WEIGHTS = weights("1", 1) + weights("3", 3) + weights("4", 4);

  private static final String TURNED = WEIGHTS + "Transpose x[0,6,3] -> u perm=1,0,2 ; ";

  @TempDir Path dir;

  private static String weights(String gates, int count) {
    String half = " half" + gates + "{0.55} -> ";
    int n = 4 * count;
    StringBuilder all = new StringBuilder();
    for (int d : new int[] {1, 2}) {
      String name = gates + (d == 1 ? "" : "d");
      all.append(centred("w" + name, d + "," + n + ",3", half));
      all.append(centred("r" + name, d + "," + n + ",4", half));
      all.append(centred("b" + name, d + "," + 2 * n, half));
    }
    return all.toString();
  }

  private static String centred(String name, String dims, String half) {
    return "Sub " + name + "_(" + dims + ")" + half + name + " ; ";
  }

  private Path write(String nodes) throws IOException {
    byte[] file = Graphs.of(nodes.split(" ; ?")).build().toByteArray();
    return Files.write(dir.resolve("m.onnx"), file);
  }

  /** A batch of one sample, and all outputs. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "LSTM x[6,1,3] w4 r4 b4 -> y h c hidden_size=4",
        "LSTM x[6,1,3] w4 r4 -> y h c hidden_size=4 direction=reverse",
        "LSTM x[6,1,3] w4d r4d b4d -> y h c hidden_size=4 direction=bidirectional",
        "LSTM x[6,1,3] w4 r4 b4 _ h0(1,1,4) c0(1,1,4) -> y h c hidden_size=4",
        "LSTM x[6,1,3] w4d r4d b4d _ _ c0(2,1,4) -> y h c hidden_size=4 direction=bidirectional",
        "LSTM x[6,1,3] w4 r4 b4 -> y hidden_size=4 activations=Sigmoid+Tanh+Tanh",
        "LSTM x[1,1,3] w4 r4 b4 -> y h c hidden_size=4",
        "GRU x[6,1,3] w3 r3 b3 -> y h hidden_size=4",
        "GRU x[6,1,3] w3 r3 b3 -> y h hidden_size=4 linear_before_reset=1",
        "GRU x[6,1,3] w3d r3d -> y h hidden_size=4 direction=bidirectional",
        "GRU x[6,1,3] w3d r3d b3d _ h0(2,1,4) -> y h hidden_size=4 linear_before_reset=1"
            + " direction=bidirectional",
        "GRU x[6,1,3] w3 r3 b3 -> y h hidden_size=4 direction=reverse activations=Sigmoid+Tanh",
        "RNN x[6,1,3] w1 r1 b1 -> y h hidden_size=4",
        "RNN x[6,1,3] w1 r1 b1 -> y h hidden_size=4 activations=Relu+ direction=reverse",
        "RNN x[6,1,3] w1d r1d -> y h hidden_size=4 direction=bidirectional activations=Tanh+Tanh",
        "RNN x[6,1,3] w1 r1 b1 _ h0(1,1,4) -> y h hidden_size=4",
      })
  void allOutputsAgree(String node) {
    Judge.agree(dir, Graphs.of((WEIGHTS + node).split(" ; ?")));
  }

  private ModelData agrees(String nodes) throws IOException {
    Path file = write(TURNED + nodes);
    ModelData data = Onnx.load(file);
    for (long batch : new long[] {1, 2, 5}) {
      Judge.compare(file, data, batch);
    }
    return data;
  }

  /** A dynamic batch that is the first axis outside, as PyTorch's exporters write batch_first. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "LSTM u w4 r4 b4 -> s hidden_size=4 ; Squeeze s k{1} -> q ; Transpose q -> y perm=1,0,2",
        "LSTM u w4d r4d b4d -> s hidden_size=4 direction=bidirectional ;"
            + " Transpose s -> a perm=0,2,1,3 ; Reshape a k{0,0,-1} -> q ;"
            + " Transpose q -> y perm=1,0,2",
        "GRU u w3 r3 b3 -> s hidden_size=4 linear_before_reset=1 ; Squeeze s k{1} -> q ;"
            + " Transpose q -> t perm=1,0,2 ; Relu t -> y",
        "GRU u w3 r3 b3 -> _ h hidden_size=4 ; Squeeze h k{0} -> y",
        "RNN u w1d r1d -> _ h hidden_size=4 direction=bidirectional ; Transpose h -> y perm=1,0,2",
        "LSTM u w4d r4d -> s h c hidden_size=4 direction=bidirectional ;"
            + " Concat h c -> a axis=0 ; Transpose a -> y perm=1,0,2",
        "LSTM u w4 r4 -> s h c hidden_size=4 direction=reverse ; Squeeze c k{0} -> y",
        "LSTM u w4 r4 b4 -> s hidden_size=4 ; Squeeze s k{1} -> q ; LSTM q w5(1,16,4) r4 b4 -> t"
            + " hidden_size=4 ; Squeeze t k -> p ; Transpose p -> y perm=1,0,2",
        "Shape x -> d ; Gather d i{0} -> n axis=0 ; Concat o{1} n f{4} -> z axis=0 ;"
            + " Expand e{0.0} z -> h0 ; LSTM u w4 r4 b4 _ h0 h0 -> s hidden_size=4 ;"
            + " Squeeze s k{1} -> q ; Transpose q -> y perm=1,0,2",
        "Shape x -> d ; Gather d i{0} -> n axis=0 ; Concat o{1} n f{4} -> z axis=0 ;"
            + " Expand e(1,1,4) z -> h0 ; GRU u w3 r3 b3 _ h0 -> s hidden_size=4 ;"
            + " Squeeze s k{1} -> q ; Transpose q -> y perm=1,0,2",
      })
  void dynamicBatchAgrees(String nodes) throws IOException {
    agrees(nodes);
  }

  @Test
  void oneNodeBecomesOneLayer() throws IOException {
    ModelData data =
        agrees(
            "GRU u w3d r3d b3d -> s hidden_size=4 direction=bidirectional linear_before_reset=1 ;"
                + " Transpose s -> a perm=0,2,1,3 ; Reshape a k{0,0,-1} -> q ;"
                + " Transpose q -> y perm=1,0,2");
    assertThat(data.network().nodes())
        .filteredOn(n -> n.layer() instanceof Recurrent)
        .singleElement()
        .satisfies(
            n -> assertThat(n.layer()).isEqualTo(new Gru(4).direction(Direction.BIDIRECTIONAL)));
  }

  @Test
  void optionsBecomeThoseOfTheLayer() throws IOException {
    List<Recurrent> layers =
        List.of(
            layer("LSTM x[6,1,3] w4 r4 -> y hidden_size=4 direction=reverse"),
            layer("GRU x[6,1,3] w3 r3 b3 _ h0(1,1,4) -> y"),
            layer("RNN x[6,1,3] w1 r1 b1 -> y activations=relu+"));
    assertThat(layers)
        .containsExactly(
            new Lstm(4).bias(false).direction(Direction.REVERSE),
            new Gru(4).linearBeforeReset(false).initialState(true),
            new Rnn(4).nonlinearity(Rnn.Nonlinearity.RELU));
  }

  private Recurrent layer(String node) throws IOException {
    return Onnx.load(write(WEIGHTS + node)).network().nodes().stream()
        .map(n -> n.layer())
        .filter(Recurrent.class::isInstance)
        .map(Recurrent.class::cast)
        .findFirst()
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "LSTM x[6,1,3] w4 r4 -> y hidden_size=3|attribute hidden_size is 3, the weights R",
        "LSTM x[6,1,3] w4 r4 -> y direction=both|attribute direction is \"both\", expected forward",
        "LSTM x[6,1,3] w4 r4 -> y direction=bidirectional|W must have shape [2, 16, 3], found",
        "LSTM x[6,1,2] w4 r4 -> y|the weights W must have shape [1, 16, 2], found [1, 16, 3]",
        "GRU x[6,1,3] w4 r4 -> y|the weights W must have shape [1, 12, 3], found [1, 16, 3]",
        "LSTM x[6,1,3] w4 r4 b3 -> y|the biases B must have shape [1, 32], found [1, 24]",
        "LSTM x[6,1,3] w4 r4 b4 _ h0(1,2,4) -> y|initial_h must have shape [1, 1, 4], found",
        "LSTM x[6,1,3] w4 r4 b4 _ x -> y|initial_h (input 5) is computed by the network",
        "LSTM x[6,1,3] w4 x -> y|the weights R (input 2) is computed by the network",
        "LSTM x[6,1,3] w4 r4 b4 k{5} -> y|sequence_lens (input 4) has 5, expected 6",
        "LSTM x[6,1,3] w4 r4 b4 _ _ _ p(1,12) -> y|the peepholes P (input 7) must be 0",
        "LSTM x[6,1,3] w4 r4 -> y clip=3.5|attribute clip is not supported",
        "LSTM x[6,1,3] w4 r4 -> y input_forget=1|attribute input_forget must be 0",
        "LSTM x[6,1,3] w4 r4 -> y layout=1|attribute layout must be 0",
        "LSTM x[6,1,3] w4 r4 -> y activations=Tanh+Tanh|attribute activations is [Tanh, Tanh]",
        "RNN x[6,1,3] w1 r1 -> y activations=Elu+|attribute activations is [Elu], expected [tanh]",
        "RNN x[6,1,3] w1 r1 -> y activations=Tanh|attribute activations is not a list of texts",
        "RNN x[6,2,3] w1 r1 -> y|its first axis is the steps, not the batch",
        "RNN x[6,3] w1 r1 -> y|must be [steps, batch, features]",
      })
  void refuses(String text) throws IOException {
    String[] parts = text.split("\\|");
    Path file = write(WEIGHTS + parts[0]);
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining(parts[1]);
  }

  @Test
  void statesThatDifferFromSampleToSampleAreRefused() throws IOException {
    Path file =
        write(
            TURNED.replace("x[0,", "x[2,")
                + "RNN u w1 r1 b1 _ h0(1,2,4) -> s ; Squeeze s k{1} -> q ;"
                + " Transpose q -> y perm=1,0,2");
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(ImportException.class)
        .hasMessageContaining("initial_h differs from sample to sample");
  }

  @Test
  void dynamicStepsAreNotABatch() throws IOException {
    Path file = write(WEIGHTS + "RNN x[0,1,3] w1 r1 -> y");
    assertThatThrownBy(() -> Onnx.load(file))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("its first axis is the steps, not the batch");
  }
}
