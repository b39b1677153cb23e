package dev.quern.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.detect.BoxIou;
import dev.quern.detect.PointLoss;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Linear;
import dev.quern.loss.BceWithLogits;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Dice;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.Mse;
import dev.quern.loss.SigmoidFocal;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.tensor.Shape;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses in the tasks of network descriptions. */
class LossJsonTest {
  private static Network network(Task task) {
    return Network.of("n", Shape.of(4), new Linear(3)).withTask(task);
  }

  static Stream<Loss> losses() {
    float[] weights = {0.1f, 1, 3e-7f};
    return Stream.of(
        new CrossEntropy(),
        new CrossEntropy(0.1f, weights, Reduction.SUM).ignoreIndex(255),
        new BceWithLogits(),
        new BceWithLogits(weights, new float[] {1, 2, 3}, Reduction.SUM),
        new BceWithLogits(0.7f, 1, 1),
        new Mse(),
        new Mse(Reduction.SUM),
        new Huber(),
        new Huber(0.1, Reduction.SUM),
        new Dice(),
        new Dice(0.5, Reduction.SUM, 255),
        new SigmoidFocal(),
        new SigmoidFocal(SigmoidFocal.NO_ALPHA, 0.1, Reduction.SUM),
        new SoftmaxFocal(),
        new SoftmaxFocal(1.5, weights, Reduction.SUM, 255),
        new BoxIou(),
        new BoxIou(false, Reduction.SUM),
        new PointLoss(),
        new PointLoss(0.4, 1.5, 2));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void lossesComeBackAsTheyWere(Loss loss) {
    Network n = network(Task.regression().withLoss(loss).withWeight(0.3));
    assertThat(NetworkJson.read(NetworkJson.write(n)).task()).isEqualTo(n.task());
  }

  @Test
  void everyBuiltInLossIsHere() {
    Set<Class<?>> all = new HashSet<>(Set.of(Loss.class.getPermittedSubclasses()));
    all.remove(CustomLoss.class);
    all.addAll(Set.of(BoxIou.class, PointLoss.class)); // in plain Java, as users' own
    assertThat(losses().<Class<?>>map(Loss::getClass).collect(Collectors.toSet())).isEqualTo(all);
  }

  /** In the application's own terms. */
  private record Absolute(double power) implements CustomLoss {
    @Override
    public double loss(Pass pass) {
      return 0;
    }
  }

  @Test
  void oneOfTheApplicationsOwnHasItsName() {
    Network n = network(Task.regression().withLoss(new Absolute(1.5)));
    assertThatThrownBy(() -> NetworkJson.write(n))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("register a codec for it with Codecs.loss");
    Codecs.loss(
        "acme.absolute",
        Absolute.class,
        loss -> Map.of("power", loss.power()),
        in -> new Absolute(in.number("power")));
    try {
      String text = NetworkJson.write(n);
      assertThat(text).contains("\"loss\":{\"type\":\"acme.absolute\",\"power\":1.5}");
      assertThat(NetworkJson.read(text)).isEqualTo(n);
      assertThatThrownBy(() -> NetworkJson.read(text.replace("power", "might")))
          .isInstanceOf(FormatException.class)
          .hasMessageContaining("key \"power\" is missing");
    } finally {
      assertThat(Codecs.remove("acme.absolute")).isTrue();
    }
  }

  @Test
  void defaultsAreNotSpelledOut() {
    assertThat(NetworkJson.write(network(Task.regression().withLoss(new Huber()))))
        .contains("\"loss\":\"huber\"");
    assertThat(NetworkJson.write(network(Task.regression().withLoss(new Huber(0.5)))))
        .contains("\"loss\":{\"type\":\"huber\",\"delta\":0.5}");
    assertThat(NetworkJson.write(network(Task.regression()))).doesNotContain("loss");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "'msee'; key `type`: `msee` is not one of cross_entropy, bce_with_logits, mse, huber",
        "'acme.loss'; is not registered with Codecs.loss",
        "7; 7, expected an object",
        "{}; key `type` is missing",
        "{'type':'mse','delta':1}; key `delta`: unknown",
        "{'type':'mse','reduction':'none'}; key `reduction`: `none` is not one of mean, sum",
        "{'type':'huber','delta':0}; huber: delta 0.0",
        "{'type':'huber','delta':'1'}; key `delta`: string `1`, expected a number",
        "{'type':'cross_entropy','label_smoothing':2}; label_smoothing 2.0 is outside [0, 1]",
        "{'type':'cross_entropy','class_weights':[1,null]}; key `class_weights`: null, expected a number",
        "{'type':'bce_with_logits','pos_weights':[-1]}; pos weight",
      })
  void whatIsNoLossIsRefused(String loss, String why) {
    String text =
        NetworkJson.write(network(Task.regression().withLoss(new Mse())))
            .replace("\"mse\"", loss.replace('\'', '"'));
    assertThatThrownBy(() -> NetworkJson.read(text))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("loss: ")
        .hasMessageContaining(why.replace('`', '"'));
  }
}
