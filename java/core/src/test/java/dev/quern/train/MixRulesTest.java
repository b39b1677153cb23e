package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.augment.CutMix;
import dev.quern.augment.Mix;
import dev.quern.augment.MixUp;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.QuernException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.math.Add;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.CustomLoss;
import dev.quern.loss.Dice;
import dev.quern.loss.Loss;
import dev.quern.loss.Mse;
import dev.quern.loss.SoftmaxFocal;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.tensor.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be mixed. */
class MixRulesTest {
  private static final Shape IMAGE = Shape.of(1, 6, 8);

  private static Network classifier() {
    return Network.of("n", IMAGE, new Flatten(), new Linear(3));
  }

  private static void refused(
      Network network, Loss loss, Mix mix, Class<? extends QuernException> type, String message) {
    TrainerBuilder b = Trainer.builder(network).loss(loss).mix(mix);
    assertThatThrownBy(b::build).isInstanceOf(type).hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, Double.NaN, Double.POSITIVE_INFINITY})
  void refusesAlphas(double alpha) {
    assertThatThrownBy(() -> new MixUp(alpha))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("mixup: alpha " + alpha + " must be finite and above 0");
    assertThatThrownBy(() -> new CutMix(alpha))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("cutmix: alpha " + alpha + " must be finite and above 0");
  }

  @Test
  void defaults() {
    assertThat(new MixUp()).isEqualTo(new MixUp(1));
    assertThat(new CutMix()).isEqualTo(new CutMix(1));
    assertThatThrownBy(() -> Trainer.builder(classifier()).mix((Mix) null))
        .isInstanceOf(InvalidArgumentException.class);
  }

  @Test
  void refusesWhatIsNoMixture() {
    Class<InvalidArgumentException> argument = InvalidArgumentException.class;
    Network pixels = Network.of("p", IMAGE, new Conv2d(2, 1)).withTask(Task.pixelClasses());
    for (Loss loss : List.of(new CrossEntropy(), new SoftmaxFocal(), new Dice())) {
      refused(pixels, loss, new MixUp(), argument, "it has classes at each position, 2x6x8");
    }
    CustomLoss own = values -> 1;
    refused(classifier(), own, new MixUp(), argument, "cannot be mixed: loss ");
    CrossEntropy ignoring = new CrossEntropy().ignoreIndex(2);
    refused(classifier(), ignoring, new MixUp(), argument, "the loss ignores class 2");
    Network rows = Network.of("r", Shape.of(4), new Linear(3));
    refused(
        rows,
        new CrossEntropy(),
        new CutMix(),
        ShapeException.class,
        "requires images, the network");
    Network image = Network.of("i", IMAGE, new Conv2d(1, 1)).withTask(Task.image());
    refused(image, new Mse(), new CutMix(), argument, "has the same height and width: 1x6x8");
    Trainer.builder(image).loss(new Mse()).mix(new MixUp()).build().close();
  }

  @Test
  void refusesSeveralInputs() {
    Network two =
        Network.builder("two")
            .input("one", Shape.of(4))
            .input("other", Shape.of(4))
            .add("sum", new Add(), "one", "other")
            .add(new Linear(2))
            .build();
    refused(two, new CrossEntropy(), new MixUp(), InvalidArgumentException.class, "with one input");
  }
}
