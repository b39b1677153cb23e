package dev.quern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.data.Dataset;
import dev.quern.error.DataException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.QuernException;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.loss.Mse;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.tensor.Shape;
import dev.quern.train.Trainer;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** F1: whatever a user's data set answers, throws and calls, training ends in a typed error. */
@Timeout(120)
class LyingDatasetTest {
  /** Small ones are gathered by the thread that trains, a batch of large ones by another. */
  private static final Shape SMALL = Shape.of(1, 4, 4);

  private static final Shape LARGE = Shape.of(1, 512, 512);
  private static final int SIZE = 16;

  /** Honest, but for what a test changes. */
  private static class Set implements Dataset {
    final Shape shape;
    final AtomicInteger asked = new AtomicInteger();
    final AtomicInteger read = new AtomicInteger();

    Set(Shape shape) {
      this.shape = shape;
    }

    @Override
    public String name() {
      asked.incrementAndGet();
      return "mine";
    }

    @Override
    public int size() {
      asked.incrementAndGet();
      return SIZE;
    }

    @Override
    public Shape shape() {
      asked.incrementAndGet();
      return shape;
    }

    @Override
    public List<String> classes() {
      asked.incrementAndGet();
      return List.of("a", "b");
    }

    @Override
    public void copyBytes(int index, ByteBuffer to) {
      read.incrementAndGet();
      while (to.hasRemaining()) {
        to.put((byte) (index % 2 == 0 ? 10 : 200));
      }
    }

    @Override
    public int label(int index) {
      return index % 2;
    }
  }

  private static Trainer trainer(Shape shape) {
    return Trainer.builder(Network.of("n", shape, new Flatten(), new Linear(2)))
        .batch(4)
        .optimizer(new dev.quern.optim.Sgd(1e-4f))
        .build();
  }

  static Stream<Shape> shapes() {
    return Stream.of(SMALL, LARGE);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void anHonestOneTrainsAsArraysDo(Shape shape) {
    Set mine = new Set(shape);
    int each = (int) shape.elements();
    ByteBuffer bytes = ByteBuffer.allocate(SIZE * each);
    int[] labels = new int[SIZE];
    for (int i = 0; i < SIZE; i++) {
      mine.copyBytes(i, bytes.limit((i + 1) * each));
      labels[i] = i % 2;
    }
    Dataset arrays = Dataset.of("arrays", shape, List.of("a", "b"), bytes.array(), labels);
    assertThat(mine.normalization()).isEqualTo(arrays.normalization());
    try (Trainer t = trainer(shape);
        Trainer u = trainer(shape)) {
      t.fit(mine, 2);
      u.fit(arrays, 2);
      u.state().tensors().forEach((n, v) -> assertThat(t.state().tensors().get(n)).isEqualTo(v));
      assertThat(t.evaluate(mine)).isEqualTo(u.evaluate(arrays));
      assertThat(t.evaluate(mine.shuffled(1).slice(3, 9)))
          .isEqualTo(u.evaluate(arrays.shuffled(1).slice(3, 9)));
    }
  }

  @Test
  void everyQuestionIsAskedOnce() {
    Set mine = new Set(SMALL);
    try (Trainer t = trainer(SMALL)) {
      t.fit(mine, 3);
      assertThat(mine.asked.get()).isEqualTo(4);
      t.evaluate(mine);
      assertThat(mine.asked.get()).isEqualTo(8);
    }
  }

  /** Data sets that fail at the seventh sample that is read, and what the error says. */
  private static Map<String, Dataset> failing(Shape shape) {
    Map<String, Dataset> all = new LinkedHashMap<>();
    all.put(
        "threw java.io.UncheckedIOException",
        bytes(
            shape,
            to -> {
              throw new java.io.UncheckedIOException("gone", new java.io.IOException("gone"));
            }));
    all.put(
        "threw java.lang.AssertionError: mine",
        bytes(
            shape,
            to -> {
              throw new AssertionError("mine");
            }));
    all.put("wrote 0 of", bytes(shape, to -> {}));
    all.put("wrote 3 of", bytes(shape, to -> to.put(new byte[3])));
    all.put("wrote 5 of", bytes(shape, to -> to.limit(5).position(5)));
    all.put("BufferOverflow", bytes(shape, to -> to.put(new byte[to.remaining() + 1])));
    all.put("label of sample", label(shape, 2));
    all.put("is -1, not one of its 2 classes", label(shape, -1));
    return all;
  }

  private static Dataset bytes(Shape shape, Consumer<ByteBuffer> copy) {
    return new Set(shape) {
      @Override
      public void copyBytes(int index, ByteBuffer to) {
        if (read.get() < 6) {
          super.copyBytes(index, to);
        } else {
          copy.accept(to);
        }
      }
    };
  }

  private static Dataset label(Shape shape, int label) {
    return new Set(shape) {
      @Override
      public int label(int index) {
        return read.get() < 6 ? super.label(index) : label;
      }
    };
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void failuresAreTypedAndTheTrainerGoesOn(Shape shape) {
    for (int i = 0; i < failing(shape).size(); i++) {
      String message = List.copyOf(failing(shape).keySet()).get(i);
      try (Trainer t = trainer(shape)) {
        Dataset fits = List.copyOf(failing(shape).values()).get(i);
        assertThatThrownBy(() -> t.fit(fits, 2))
            .isInstanceOf(DataException.class)
            .hasMessageStartingWith("data set mine: ")
            .hasMessageContaining("of sample ")
            .hasMessageContaining(message);
        long steps = t.state().progress().steps();
        assertThat(steps).isLessThan(3);
        Dataset evaluated = List.copyOf(failing(shape).values()).get(i);
        assertThatThrownBy(() -> t.evaluate(evaluated))
            .isInstanceOf(DataException.class)
            .hasMessageContaining(message);
        assertThat(t.fit(new Set(shape), 1).epochs()).hasSize(1);
        assertThat(t.state().progress().steps()).isEqualTo(steps + 4);
      }
    }
  }

  @Test
  void theCauseIsKept() {
    try (Trainer t = trainer(SMALL)) {
      assertThatThrownBy(() -> t.fit(failing(SMALL).get("BufferOverflow"), 1))
          .hasCauseInstanceOf(BufferOverflowException.class);
    }
  }

  @Test
  void floatsAndTargetsAreFinite() {
    Dataset floats =
        Dataset.of("f", Shape.of(3), List.of("a"), new float[] {0, 1, Float.NaN}, new int[1]);
    Dataset targets =
        new Set(SMALL) {
          @Override
          public boolean hasTargets() {
            return true;
          }

          @Override
          public Shape targetShape() {
            return Shape.of(2);
          }

          @Override
          public void copyTarget(int index, FloatBuffer to) {
            to.put(1).put(Float.POSITIVE_INFINITY);
          }
        };
    try (Trainer f = Trainer.builder(Network.of("n", Shape.of(3), new Linear(1))).build();
        Trainer t =
            Trainer.builder(Network.of("n", SMALL, new Flatten(), new Linear(2)))
                .loss(new Mse())
                .build()) {
      assertThatThrownBy(() -> f.fit(floats, 1))
          .isInstanceOf(DataException.class)
          .hasMessage("data set f: copyFloats of sample 0 wrote NaN at index 2");
      assertThatThrownBy(() -> t.fit(targets, 1))
          .isInstanceOf(DataException.class)
          .hasMessageContaining("wrote Infinity at index 1");
    }
  }

  @Test
  void answersThatCannotBeAreRefused() {
    List<Dataset> all =
        List.of(
            new Set(null),
            new Set(Shape.of()),
            new Set(Shape.of(1L << 40)),
            new Set(Shape.of(0, 4, 4)),
            new Set(Shape.of(1, 4, 5)),
            new Set(SMALL) {
              @Override
              public int size() {
                return -1;
              }
            },
            new Set(SMALL) {
              @Override
              public Kind kind() {
                return null;
              }
            },
            new Set(SMALL) {
              @Override
              public List<String> classes() {
                throw new StackOverflowError();
              }
            },
            new Set(SMALL) {
              @Override
              public boolean hasTargets() {
                return true;
              }
            });
    try (Trainer t = trainer(SMALL);
        Model m = Model.of(t.modelData(List.of("a", "b"), Map.of()))) {
      for (Dataset d : all) {
        assertThatThrownBy(() -> t.fit(d, 1)).isInstanceOf(QuernException.class);
        assertThatThrownBy(() -> t.evaluate(d)).isInstanceOf(QuernException.class);
        assertThatThrownBy(() -> m.evaluate(d)).isInstanceOf(QuernException.class);
        assertThatThrownBy(() -> Trainer.builder(t.network()).validation(d).build())
            .isInstanceOf(QuernException.class);
      }
    }
  }

  /** A buffer that a set keeps is none of the trainer's memory. */
  @Test
  void aBufferThatIsKeptIsOfNoUse() {
    ByteBuffer[] kept = new ByteBuffer[1];
    try (Trainer t = trainer(SMALL)) {
      t.fit(
          new Set(SMALL) {
            @Override
            public void copyBytes(int index, ByteBuffer to) {
              assertThat(to.isDirect()).isFalse();
              kept[0] = to;
              super.copyBytes(index, to);
            }
          },
          1);
    }
    kept[0].clear().put(new byte[16]);
    assertThatThrownBy(() -> kept[0].put((byte) 0)).isInstanceOf(BufferOverflowException.class);
  }

  private static Map<String, Consumer<Trainer>> calls(Shape shape) {
    Map<String, Consumer<Trainer>> calls = new LinkedHashMap<>();
    calls.put("fit", t -> t.fit(new Set(shape), 1));
    calls.put("close", Trainer::close);
    calls.put("restore", t -> t.restore(t.state()));
    return calls;
  }

  /** From the gathering thread, a call that waited for the trainer would wait for ever. */
  @ParameterizedTest
  @MethodSource("shapes")
  void callsBackAreRefused(Shape shape) {
    Map<String, Consumer<Trainer>> fromBoth = calls(shape);
    fromBoth.forEach(
        (name, call) -> {
          try (Trainer t = trainer(shape)) {
            assertThatThrownBy(() -> t.fit(bytes(shape, to -> call.accept(t)), 1))
                .as(name)
                .isInstanceOf(DataException.class)
                .hasCauseInstanceOf(QuernException.class);
            assertThatThrownBy(() -> t.evaluate(bytes(shape, to -> call.accept(t))))
                .as(name)
                .isInstanceOf(DataException.class);
            assertThat(t.fit(new Set(shape), 1).epochs()).hasSize(1);
          }
        });
    try (Trainer t = trainer(shape)) {
      assertThatThrownBy(() -> t.evaluate(bytes(shape, to -> t.evaluate(new Set(shape)))))
          .isInstanceOf(DataException.class)
          .hasCauseInstanceOf(InvalidArgumentException.class);
    }
  }

  /** An average of the weights takes an evaluator of its own, made by the first step. */
  @Test
  void trainingBeforeTheFirstAnswerIsNoHarm() {
    try (Trainer t =
        Trainer.builder(Network.of("n", SMALL, new Flatten(), new Linear(2))).ema(0.9).build()) {
      Set calling =
          new Set(SMALL) {
            @Override
            public String name() {
              t.fit(new Set(SMALL), 1);
              return super.name();
            }
          };
      t.evaluate(new Set(SMALL));
      assertThat(t.evaluate(calling).images()).isEqualTo(SIZE);
    }
  }

  @Test
  void theGatheringThreadIsRefusedToLook() {
    List<Consumer<Trainer>> looks =
        List.of(
            Trainer::state,
            Trainer::gradients,
            t -> t.evaluate(new Set(LARGE)),
            t -> t.modelData(List.of(), Map.of()));
    for (Consumer<Trainer> look : looks) {
      try (Trainer t = trainer(LARGE)) {
        assertThatThrownBy(() -> t.fit(bytes(LARGE, to -> look.accept(t)), 1))
            .isInstanceOf(DataException.class)
            .hasMessageContaining("a data set called this method while being read");
      }
    }
  }
}
