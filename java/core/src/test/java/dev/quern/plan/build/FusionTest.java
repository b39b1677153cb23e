package dev.quern.plan.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.BatchNorm1d;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv1d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.math.Add;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.plan.memory.Frozen;
import dev.quern.tensor.Shape;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Which chains of layers are found. A chain is written as its nodes, then what it reads: {@code
 * conv+bn+relu < input}.
 */
class FusionTest {
  private static final boolean TRAINING = true;
  private static final boolean INFERENCE = false;

  private final NetworkBuilder b = Network.builder("n", Shape.of(4, 6, 6));

  private FusionTest conv(String name, String... from) {
    b.add(name, new Conv2d(4, 3).padding(1), from);
    return this;
  }

  private FusionTest bn(String name, String... from) {
    b.add(name, new BatchNorm2d(), from);
    return this;
  }

  private FusionTest relu(String name, String... from) {
    b.add(name, new Relu(), from);
    return this;
  }

  private FusionTest relu6(String name, String... from) {
    b.add(name, new Relu6(), from);
    return this;
  }

  private FusionTest add(String name, String... from) {
    b.add(name, new Add(), from);
    return this;
  }

  private FusionTest end() {
    b.add("flat", new Flatten()).add("fc", new Linear(3));
    return this;
  }

  /** The chains as text, once it is certain that each stands behind those that it reads. */
  private List<String> chains(boolean training) {
    List<Chain> chains = chains(training, Frozen.NOTHING);
    Network network = b.build();
    assertThat(chains.get(chains.size() - 1).last()).isEqualTo(network.nodes().get(last(network)));
    return texts(chains);
  }

  /** In training of all but these layers, whose statistics stay or move. */
  private List<String> chainsAround(boolean statistics, String... frozen) {
    List<String> names =
        b.build().parameters().keySet().stream()
            .filter(p -> List.of(frozen).contains(p.substring(0, p.lastIndexOf('.'))))
            .toList();
    return texts(chains(TRAINING, Frozen.of(b.build(), names, statistics)));
  }

  private List<Chain> chains(boolean training, Frozen frozen) {
    Network network = b.build();
    List<Chain> chains = Fusion.chains(network, training, frozen);
    Set<String> made = new HashSet<>(Set.of(Network.INPUT));
    for (Chain s : chains) {
      assertThat(made).as(s.name()).containsAll(s.inputs());
      made.add(s.name());
    }
    assertThat(chains.stream().flatMap(s -> s.nodes().stream()))
        .containsExactlyInAnyOrderElementsOf(network.nodes());
    return chains;
  }

  private static List<String> texts(List<Chain> chains) {
    return chains.stream().map(FusionTest::text).toList();
  }

  private static int last(Network network) {
    return network.nodes().size() - 1;
  }

  private static String text(Chain s) {
    List<String> names = s.nodes().stream().map(Network.Node::name).toList();
    return String.join("+", names) + " < " + String.join(" ", s.inputs());
  }

  @Test
  void chainOfAllIsOneStepInInference() {
    conv("x").conv("c").bn("n").add("s", "n", "x").relu("r").end();
    assertThat(chains(INFERENCE))
        .containsExactly("x < input", "c+n+s+r < x x", "flat < r", "fc < flat");
    assertThat(chains(TRAINING))
        .containsExactly("x < input", "c < x", "n+s+r < c x", "flat < r", "fc < flat");
  }

  @Test
  void everyLinkButTheFirstIsOptional() {
    conv("x").conv("c").add("s", "x", "c").relu("r").conv("d").relu6("e").conv("f").bn("g").end();
    assertThat(chains(INFERENCE))
        .containsExactly("x < input", "c+s+r < x x", "d+e < r", "f+g < e", "flat < g", "fc < flat");
    assertThat(chains(TRAINING))
        .containsExactly(
            "x < input",
            "c < x",
            "s < x c",
            "r < s",
            "d < r",
            "e < d",
            "f < e",
            "g < f",
            "flat < g",
            "fc < flat");
  }

  @Test
  void aValueReadTwiceEndsItsChain() {
    conv("c").bn("n").relu("r", "n").add("s", "n", "r").end();
    assertThat(chains(INFERENCE))
        .containsExactly("c+n < input", "r < n", "s < n r", "flat < s", "fc < flat");
    assertThat(chains(TRAINING))
        .containsExactly("c < input", "n < c", "r < n", "s < n r", "flat < s", "fc < flat");
  }

  @Test
  void theOutputIsReadByTheCallerToo() {
    conv("c").bn("n").relu("r");
    assertThat(chains(INFERENCE)).containsExactly("c+n+r < input");
    assertThat(chains(TRAINING)).containsExactly("c < input", "n+r < c");
  }

  /** The last node leads nowhere else, and the chain's end is read by nobody. */
  @Test
  void whatLeadsNowhereIsAChainToo() {
    conv("c").bn("n").relu("r").conv("d", "input");
    assertThat(chains(INFERENCE)).containsExactly("c+n+r < input", "d < input");
    assertThat(chains(TRAINING)).containsExactly("c < input", "n+r < c", "d < input");
  }

  @Test
  void sumsOfThreeStayApart() {
    conv("x").conv("c").bn("n").add("s", "n", "x", "input").relu("r").end();
    assertThat(chains(INFERENCE)).contains("c+n < x", "s < n x input", "r < s");
    assertThat(chains(TRAINING)).contains("n < c", "s < n x input", "r < s");
  }

  @Test
  void aSumOfAValueWithItselfStaysApart() {
    conv("c").bn("n").add("s", "n", "n").relu("r").end();
    assertThat(chains(INFERENCE)).contains("c+n < input", "s < n n", "r < s");
    assertThat(chains(TRAINING)).contains("n < c", "s < n n", "r < s");
  }

  /** The first takes the sum, and waits for the other. */
  @Test
  void ofTwoChainsOneTakesTheSum() {
    conv("c").bn("n").conv("d", "input").bn("m").add("s", "m", "n").relu("r").end();
    assertThat(chains(INFERENCE))
        .containsExactly("d+m < input", "c+n+s+r < input m", "flat < r", "fc < flat");
    assertThat(chains(TRAINING))
        .containsExactly("c < input", "d < input", "m < d", "n+s+r < c m", "flat < r", "fc < flat");
  }

  @Test
  void theOtherOperandMayBeTheInput() {
    conv("c").bn("n").add("s", "input", "n").relu("r").end();
    assertThat(chains(INFERENCE)).contains("c+n+s+r < input input");
    assertThat(chains(TRAINING)).contains("n+s+r < c input");
  }

  /** What the sum reads besides comes from what the chain itself reads. */
  @Test
  void theOtherOperandMayBeMadeMeanwhile() {
    conv("x").conv("c").bn("n").bn("m", "x").relu("q").add("s", "n", "q").relu("r").end();
    assertThat(chains(INFERENCE)).contains("m+q < x", "c+n+s+r < x q");
    assertThat(chains(TRAINING)).containsSubsequence("c < x", "m+q < x", "n+s+r < c q");
  }

  @Test
  void normalisationOfTheInputBeginsAChain() {
    bn("n").add("s", "n", "input").relu("r").end();
    assertThat(chains(INFERENCE)).startsWith("n+s+r < input input");
    assertThat(chains(TRAINING)).startsWith("n+s+r < input input");
  }

  @Test
  void relu6EndsConvolutionsAndNormalisations() {
    conv("c").bn("n").relu6("e").bn("m").relu6("f").end();
    assertThat(chains(INFERENCE)).startsWith("c+n+e < input", "m+f < e");
    assertThat(chains(TRAINING)).startsWith("c < input", "n+e < c", "m+f < e");
  }

  @Test
  void behindASumThereIsReluAlone() {
    conv("x").bn("n").add("s", "n", "x").relu6("e").end();
    assertThat(chains(TRAINING)).startsWith("x < input", "n+s < x x", "e < s");
  }

  /** What lies ahead of all that is trained fuses as in inference, where statistics stay. */
  @Test
  void frozenLayersFuseAsInInference() {
    conv("x").conv("c").bn("n").add("s", "n", "x").relu("r").conv("d").bn("m").relu("q").end();
    assertThat(chainsAround(true, "x", "c", "n"))
        .containsExactly("x < input", "c+n+s+r < x x", "d < r", "m+q < d", "flat < q", "fc < flat");
    assertThat(chainsAround(false, "x", "c", "n"))
        .containsExactly(
            "x < input", "c < x", "n+s+r < c x", "d < r", "m+q < d", "flat < q", "fc < flat");
    assertThat(chainsAround(true, "c", "n", "d", "m")).isEqualTo(chains(TRAINING));
    assertThat(chainsAround(true, "x", "c", "n", "d", "m", "fc")).isEqualTo(chains(INFERENCE));
  }

  /** A chain runs backward as a whole, or not at all; what does not comes first. */
  @Test
  void frozenWaysComeFirst() {
    conv("x").bn("n").conv("c", "input").bn("m").add("s", "n", "m").relu("r").end();
    assertThat(chainsAround(true, "c", "m"))
        .containsExactly("c+m < input", "x < input", "n+s+r < x m", "flat < r", "fc < flat");
    assertThat(chainsAround(true, "x", "n"))
        .containsExactly("x+n < input", "c < input", "m+s+r < c n", "flat < r", "fc < flat");
    assertThat(chainsAround(true, "x", "n", "m"))
        .containsExactly("x+n < input", "c < input", "m+s+r < c n", "flat < r", "fc < flat");
  }

  @Test
  void preActivationBlocksNormaliseFirst() {
    conv("x").bn("n").relu("r").conv("c").bn("m").relu("q").conv("d").add("s", "d", "x").end();
    assertThat(chains(INFERENCE))
        .containsExactly("x < input", "n+r < x", "c+m+q < r", "d+s < q x", "flat < s", "fc < flat");
    assertThat(chains(TRAINING))
        .containsExactly(
            "x < input",
            "n+r < x",
            "c < r",
            "m+q < c",
            "d < q",
            "s < d x",
            "flat < s",
            "fc < flat");
  }

  @Test
  void anOrderOfItsOwnIsNotTaken() {
    conv("c").relu("r").bn("n").relu("q").relu("p").bn("m").bn("l").end();
    assertThat(chains(INFERENCE)).startsWith("c+r < input", "n+q < r", "p < q", "m < p", "l < m");
  }

  @Test
  void otherLayersBreakChains() {
    conv("c");
    b.add("drop", new Dropout());
    bn("n");
    b.add("own", new Same());
    relu("r");
    conv("d");
    b.add("pool", new MaxPool2d(2));
    relu("q");
    conv("e");
    b.add("flat", new Flatten());
    relu("p");
    b.add("fc", new Linear(3));
    relu("o");
    for (boolean training : new boolean[] {INFERENCE, TRAINING}) {
      assertThat(chains(training)).allMatch(s -> !s.contains("+")).hasSize(13);
    }
  }

  @Test
  void outputsBreakChains() {
    conv("c").bn("n").relu("r").conv("d").relu("q").end();
    b.output("n", "d", "fc");
    for (boolean training : new boolean[] {INFERENCE, TRAINING}) {
      assertThat(chains(training)).contains("r < n", "q < d");
    }
  }

  /** A layer of the user's own that changes nothing. */
  private record Same() implements CustomLayer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public void forward(Forward pass) {
      System.arraycopy(pass.input(), 0, pass.output(), 0, pass.input().length);
    }

    @Override
    public void backward(Backward pass) {
      System.arraycopy(pass.gradOutput(), 0, pass.gradInput(), 0, pass.gradInput().length);
    }
  }

  /** As images do; but not where the sum's other part lies in the callers' order. */
  @Test
  void signalsMakeTheSameChains() {
    Network network =
        Network.builder("n", Shape.of(4, 6))
            .add("c", new Conv1d(4, 3).padding(1))
            .add("n", new BatchNorm1d())
            .add("s", new Add(), "n", "input")
            .add("r", new Relu())
            .add("d", new Conv1d(4, 1))
            .add("e", new BatchNorm1d())
            .add("t", new Add(), "e", "n")
            .add("u", new Relu())
            .build();
    assertThat(Fusion.chains(network, INFERENCE, Frozen.NOTHING).stream().map(FusionTest::text))
        .containsExactly("c+n < input", "s < n input", "r < s", "d+e+t+u < r n");
  }
}
