package dev.quern.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.DataException;
import dev.quern.error.QuernException;
import dev.quern.init.Whitening;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.quantize.Quantization;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sets that answer with too little, and otherwise each time: errors name set, sample and sizes. */
class LyingDatasetTest {
  private static final Shape IMAGE = Shape.of(1, 4, 4);
  private static final Network NET =
      Network.of("n", IMAGE, new Conv2d(2, 3), new Flatten(), new Linear(2));

  /** Its arrays and buffers are one value short; its size and shape are right when first told. */
  private static final class Short implements Dataset {
    private final Kind kind;
    private final boolean fickle;
    private int sizes;
    private int shapes;

    Short(Kind kind, boolean fickle) {
      this.kind = kind;
      this.fickle = fickle;
    }

    @Override
    public String name() {
      return "short";
    }

    @Override
    public int size() {
      return fickle && sizes++ > 0 ? -5 : 3;
    }

    @Override
    public Shape shape() {
      return fickle && shapes++ > 0 ? Shape.of(3, 90, 90) : IMAGE;
    }

    @Override
    public List<String> classes() {
      return List.of("a", "b");
    }

    @Override
    public Kind kind() {
      return kind;
    }

    @Override
    public int label(int index) {
      return 0;
    }

    private int values() {
      return fickle ? 16 : 15;
    }

    @Override
    public void copyBytes(int index, ByteBuffer to) {
      to.position(values());
    }

    @Override
    public void copyFloats(int index, FloatBuffer to) {
      to.position(values());
    }

    @Override
    public byte[] image(int index) {
      return new byte[values()];
    }

    @Override
    public float[] floats(int index) {
      return new float[values()];
    }
  }

  private static void names(Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOf(DataException.class)
        .hasMessageContainingAll("short", "sample ", "15", "16");
  }

  @Test
  void samplesThatAreShort() {
    ModelData model = ModelData.untrained(NET, 1);
    for (Dataset.Kind kind : Dataset.Kind.values()) {
      names(() -> Quantization.of(model).calibrate(new Short(kind, false), 3));
      names(() -> new Short(kind, false).normalization());
      names(
          () -> {
            try (Model m = Model.of(model)) {
              m.evaluate(new Short(kind, false), TestTimeAugmentation.flip());
            }
          });
      names(
          () -> {
            try (Trainer t = Trainer.builder(NET).batch(3).seed(1).build()) {
              t.fit(new Short(kind, false), 1);
            }
          });
    }
    names(() -> model.withBatchNorms(new Short(Dataset.Kind.BYTES, false)));
    assertThatThrownBy(
            () ->
                Whitening.weights("w", new Short(Dataset.Kind.BYTES, false), Normalization.unit(1)))
        .isInstanceOf(DataException.class);
  }

  /** Asked once, it is right; asked twice, sizes would be negative, or memory of another shape. */
  @Test
  void sizesAreAskedForOnce() {
    ModelData model = ModelData.untrained(NET, 1);
    for (Dataset.Kind kind : Dataset.Kind.values()) {
      assertThat(Quantization.of(model).calibrate(new Short(kind, true), 3).data()).isNotNull();
      assertThat(new Short(kind, true).normalization().channels()).isEqualTo(1);
      try (Model m = Model.of(model)) {
        assertThat(m.evaluate(new Short(kind, true)).images()).isEqualTo(3);
      }
    }
    assertThat(model.withBatchNorms(new Short(Dataset.Kind.BYTES, true))).isNotNull();
    for (Runnable call :
        List.<Runnable>of(
            () -> new Short(Dataset.Kind.BYTES, true).balanced(1),
            () -> new Short(Dataset.Kind.BYTES, true).shuffled(1),
            () -> new Short(Dataset.Kind.BYTES, true).weighted(new double[] {1, 1, 1}, 4, 1))) {
      try {
        call.run();
      } catch (QuernException e) {
        assertThat(e.getMessage()).contains("short");
      }
    }
  }
}
