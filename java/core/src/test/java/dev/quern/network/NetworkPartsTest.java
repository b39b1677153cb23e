package dev.quern.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.math.Add;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Parts of networks, other layers in their place and other heads. */
class NetworkPartsTest {
  private static final Shape IMAGE = Shape.of(3, 8, 8);

  /** With a shortcut, a side branch that is an output too, and a layer that leads nowhere. */
  private static Network whole() {
    return Network.builder("whole", IMAGE)
        .add("stem", new Conv2d(4, 3).padding(1))
        .add("a", new Conv2d(4, 3).padding(1))
        .add("sum", new Add(), "a", "stem")
        .add("side", new Conv2d(2, 1), "stem")
        .add("dead", new Relu(), "sum")
        .add("flat", new Flatten(), "sum")
        .add("fc", new Linear(10))
        .output("fc", "side")
        .build();
  }

  private static List<String> names(Network n) {
    return n.nodes().stream().map(Network.Node::name).toList();
  }

  @Test
  void upToALayerKeepsWhatItHangsOn() {
    Network part = whole().upTo("sum");
    assertThat(part.inputs()).isEqualTo(Map.of("input", IMAGE));
    assertThat(part.outputs()).containsExactly("sum");
    assertThat(names(part)).containsExactly("stem", "a", "sum");
    assertThat(part.output()).isEqualTo(Shape.of(4, 8, 8));
    assertThat(part.name()).isEqualTo("whole");
    assertThat(whole().state()).containsAllEntriesOf(part.state());
  }

  @Test
  void upToSeveralGivesThemInTheirOrder() {
    Network part = whole().upTo("side", "a");
    assertThat(part.outputs()).containsExactly("side", "a");
    assertThat(names(part)).containsExactly("stem", "a", "side");
  }

  @Test
  void fromALayerTakesItsOutputAsInput() {
    Network part = whole().part(List.of("sum"), List.of("fc"));
    assertThat(part.inputs()).isEqualTo(Map.of("sum", Shape.of(4, 8, 8)));
    assertThat(names(part)).containsExactly("flat", "fc");
  }

  @Test
  void fromKeepsAllOutputs() {
    Network part = whole().from("stem");
    assertThat(part.outputs()).containsExactly("fc", "side");
    assertThat(names(part)).containsExactly("a", "sum", "side", "flat", "fc");
    Network both = whole().part(List.of("stem", "a"), List.of("sum"));
    assertThat(both.inputs().keySet()).containsExactly("stem", "a");
  }

  @Test
  void theWholeIsAPartOfItselfWithoutDeadLayers() {
    assertThat(names(whole().part(List.of(), List.of())))
        .containsExactly("stem", "a", "sum", "side", "flat", "fc");
    Network chain = Networks.lenet(Shape.of(1, 28, 28), 10);
    assertThat(chain.part(List.of(), List.of())).isEqualTo(chain);
  }

  @Test
  void inputsThatNothingReadsGo() {
    Network two =
        Network.builder("two")
            .input("left", Shape.of(3))
            .input("right", Shape.of(5))
            .add("l", new Linear(2), "left")
            .add("r", new Linear(2), "right")
            .add("sum", new Add(), "l", "r")
            .build();
    assertThat(two.upTo("r").inputs().keySet()).containsExactly("right");
    assertThat(two.part(List.of("l", "right"), List.of()).inputs().keySet())
        .containsExactly("l", "right");
    refused(() -> two.from("l"), "also reads right: begin there too");
  }

  @Test
  void freeSizesStayFree() {
    Network free =
        Network.builder("free", Shape.of(3, Shape.FREE, Shape.FREE))
            .add("conv", new Conv2d(4, 3))
            .add("mean", new AdaptiveAvgPool2d(1))
            .add("flat", new Flatten())
            .build();
    assertThat(free.from("conv").input()).isEqualTo(Shape.of(4, Shape.FREE, Shape.FREE));
  }

  @Test
  void aLayerIsReplacedInItsPlace() {
    Network small = whole().replace("fc", new Linear(5));
    assertThat(small.output()).isEqualTo(Shape.of(5));
    assertThat(small.outputs()).containsExactly("fc", "side");
    assertThat(names(small)).isEqualTo(names(whole()));
    Network wide = whole().replace("side", new Conv2d(7, 3));
    assertThat(wide.shapes()).containsEntry("side", Shape.of(7, 6, 6));
  }

  @Test
  void aLayerThatDoesNotFitIsRefusedWithThoseBehindIt() {
    assertThatThrownBy(() -> whole().replace("a", new Conv2d(5, 3).padding(1)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("layer sum");
    assertThatThrownBy(() -> whole().replace("fc", new Add()))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("layer fc: add takes 2 inputs or more, not 1");
    refused(() -> whole().replace("fcc", new Relu()), "unknown layer fcc; did you mean fc");
    refused(() -> whole().replace("fc", null), "layer fc: description is null");
  }

  @Test
  void aHeadIsReplaced() {
    Network other = whole().withHead("flat", new Dropout(0.2f), new Linear(3));
    assertThat(names(other)).containsExactly("stem", "a", "sum", "flat", "dropout1", "linear1");
    assertThat(other.outputs()).containsExactly("linear1");
    assertThat(other.output()).isEqualTo(Shape.of(3));
    assertThat(names(other.withHead("linear1", new Linear(2)))).endsWith("linear1", "linear2");
    assertThat(whole().withHead("sum")).isEqualTo(whole().upTo("sum"));
  }

  @Test
  void aBuilderGoesOnWhereANetworkEnds() {
    Network two =
        whole().upTo("flat").toBuilder()
            .add("left", new Linear(3))
            .add("right", new Linear(4), "flat")
            .output("left", "right")
            .build();
    assertThat(two.shapes()).containsEntry("left", Shape.of(3)).containsEntry("right", Shape.of(4));
    assertThatThrownBy(() -> whole().toBuilder().add("fc", new Relu()).build())
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("two layers are called fc");
  }

  @Test
  void outputsThatStayKeepTheirTasks() {
    Task ten = Task.singleLabel("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
    Network tasked = whole().withTask("fc", ten).withTask("side", Task.image());
    assertThat(tasked.from("sum", "stem").tasks()).isEqualTo(tasked.tasks());
    assertThat(tasked.upTo("sum", "side").tasks())
        .isEqualTo(Map.of("sum", Task.plain(), "side", Task.image()));
    assertThat(tasked.replace("stem", new Conv2d(4, 1)).tasks()).isEqualTo(tasked.tasks());
    assertThat(tasked.replace("fc", new Linear(5)).tasks())
        .isEqualTo(Map.of("fc", Task.singleLabel(), "side", Task.image()));
  }

  @Test
  void aHeadKeepsTheOnlyTask() {
    Network one = Networks.lenet(Shape.of(1, 28, 28), 2).withTask(Task.multiLabel("a", "b"));
    assertThat(one.withHead("relu3", new Linear(2)).task()).isEqualTo(one.task());
    assertThat(one.withHead("relu3", new Linear(3)).task()).isEqualTo(Task.multiLabel());
    assertThat(one.withHead("pool2", new Conv2d(3, 1)).task()).isEqualTo(Task.plain());
  }

  @Test
  void unknownNamesAreRefusedWithThoseNearThem() {
    Network resnet = Networks.resnet18(Shape.of(3, 32, 32), 10);
    refused(
        () -> resnet.upTo("stage4.2.relv"),
        "network resnet18: unknown layer stage4.2.relv; did you mean stage4.2.relu, stage");
    refused(() -> resnet.upTo("layer4"), "unknown layer layer4; the last ones are stage4.2.sum, ");
    refused(() -> resnet.upTo("\0".repeat(400)), "of 400 characters");
    refused(() -> resnet.upTo(""), "unknown layer");
    refused(() -> resnet.from("nothing"), "unknown layer or input nothing");
  }

  @Test
  void partsThatCannotBeAreRefused() {
    refused(() -> whole().part(List.of("fc"), List.of("fc")), "cannot both begin and end at fc");
    refused(() -> whole().part(List.of("fc"), List.of("sum")), "also reads input: begin there too");
    refused(
        () -> whole().part(List.of("input", "side"), List.of("sum")),
        "no layer of a part that ends at [sum] reads side");
    refused(() -> whole().upTo("input"), "unknown layer input");
    refused(() -> whole().upTo((String) null), "has a null");
    refused(() -> whole().withHead("flat", (Layer) null), "layer is null");
  }

  private static void refused(Runnable call, String why) {
    assertThatThrownBy(call::run)
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining(why);
  }
}
