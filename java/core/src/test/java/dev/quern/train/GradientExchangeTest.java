package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.Synthetic;
import dev.quern.augment.RandomCrop;
import dev.quern.data.Dataset;
import dev.quern.data.Sampler;
import dev.quern.error.DataException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.UserCodeException;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.optim.AdamW;
import dev.quern.optim.Muon;
import dev.quern.optim.Optimizer;
import dev.quern.optim.Schedule;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Shape;
import dev.quern.train.LocalSgd.Compression;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Replicas that work on parts of a data set. */
class GradientExchangeTest {
  private static final int BATCH = 4;
  private static final int EPOCHS = 3;
  private static final Dataset DATA = Synthetic.quarters(96, 1);
  private static final TrainingListener NOBODY = new TrainingListener() {};

  /** With everything whose random numbers or statistics replicas might mix up. */
  private static TrainerBuilder whole() {
    Network net =
        Network.of(
            "whole",
            Shape.of(1, 12, 12),
            new Conv2d(3, 3),
            new BatchNorm2d(),
            new Relu(),
            new Flatten(),
            new Dropout(0.2f),
            new Linear(4));
    return Trainer.builder(net)
        .batch(BATCH)
        .optimizer(new AdamW(0.003f))
        .schedule(Schedule.cosine())
        .augment(new RandomCrop(1));
  }

  /** Without batch-norm and dropout, whose numbers go by the batch. */
  private static TrainerBuilder plain(Optimizer optimizer, int batch) {
    Network net =
        Network.of(
            "plain",
            Shape.of(1, 12, 12),
            new Conv2d(3, 3),
            new Relu(),
            new Flatten(),
            new Linear(4));
    return Trainer.builder(net)
        .batch(batch)
        .optimizer(optimizer)
        .clipNorm(1)
        .ema(0.9)
        .schedule(Schedule.cosine())
        .sampler(Sampler.SEQUENTIAL);
  }

  /** Every so many images from one of them on. */
  private static List<Dataset> parts(int... sizes) {
    List<Dataset> all = new ArrayList<>();
    int from = 0;
    for (int size : sizes) {
      all.add(DATA.slice(from, from + size));
      from += size;
    }
    return all;
  }

  private static TrainingState fitted(
      TrainerBuilder builder,
      List<Dataset> parts,
      LocalSgd rule,
      Function<GradientExchange, GradientExchange> by) {
    try (Trainer t = builder.build();
        Trainer worker = builder.build()) {
      t.fit(by.apply(GradientExchange.local(worker, parts)), rule, EPOCHS, NOBODY);
      return t.state();
    }
  }

  private static TrainingState fitted(TrainerBuilder builder, List<Dataset> parts, LocalSgd rule) {
    return fitted(builder, parts, rule, e -> e);
  }

  private static void assertSameTensors(TrainingState got, TrainingState wanted) {
    assertThat(got.tensors().keySet()).isEqualTo(wanted.tensors().keySet());
    wanted
        .tensors()
        .forEach((name, v) -> assertThat(got.tensors().get(name)).as(name).isEqualTo(v));
  }

  /** What {@code by} does to a round in place of another exchange. */
  private record Altered(GradientExchange of, Function<Round, Contribution> by)
      implements GradientExchange {
    @Override
    public String name() {
      return of.name();
    }

    @Override
    public List<Integer> sizes() {
      return of.sizes();
    }

    @Override
    public Contribution round(Round round) {
      return by.apply(round);
    }
  }

  @Test
  void onePartAndOneStepAreAPlainFit() {
    try (Trainer t = whole().build()) {
      t.fit(DATA, EPOCHS);
      assertSameTensors(fitted(whole(), List.of(DATA), new LocalSgd(1)), t.state());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"adamw", "muon", "sgd"})
  void meanGradientsAreThoseOfTheBatchesPutTogether(String name) {
    Optimizer optimizer =
        Map.of("adamw", new AdamW(0.003f), "muon", new Muon(0.02f), "sgd", new Sgd(0.05f, 0.9f))
            .get(name);
    int parts = 3;
    int[] order =
        IntStream.range(0, DATA.size())
            .map(
                i -> {
                  int step = i / (parts * BATCH);
                  int part = i / BATCH % parts;
                  return part * (DATA.size() / parts) + step * BATCH + i % BATCH;
                })
            .toArray();
    try (Trainer t = plain(optimizer, parts * BATCH).build()) {
      History together = t.fit(DATA.subset(order), EPOCHS);
      TrainingState wanted = t.state();
      TrainingState got = fitted(plain(optimizer, BATCH), parts(32, 32, 32), new LocalSgd(1));
      assertThat(got.tensors().keySet()).isEqualTo(wanted.tensors().keySet());
      wanted
          .tensors()
          .forEach(
              (tensor, v) -> {
                for (int i = 0; i < v.length; i++) {
                  assertThat(got.tensors().get(tensor)[i])
                      .as(tensor + " " + i)
                      .isCloseTo(v[i], within(2e-5f));
                }
              });
      assertThat(together.epochs()).hasSize(EPOCHS);
    }
  }

  /** As where executors are lost: parts are worked on again, elsewhere and in another order. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void resultGoesByThePartsAlone(int steps) {
    List<Dataset> parts = parts(40, 0, 16, 40);
    LocalSgd rule =
        steps == 1 ? new LocalSgd(1) : new LocalSgd(steps, 0.7f, 0.9f, Compression.NONE);
    TrainingState wanted = fitted(whole(), parts, rule);
    try (Trainer other = whole().build()) {
      TrainingState got =
          fitted(
              whole(),
              parts,
              rule,
              e ->
                  new Altered(
                      e,
                      round -> {
                        other.contribute(round, 3, parts.get(3));
                        List<Contribution> all = new ArrayList<>();
                        for (int i = parts.size() - 1; i >= 0; i--) {
                          Trainer one = i % 2 == 0 ? other : ((LocalExchange) e).worker();
                          all.add(0, copy(one.contribute(copy(round), i, parts.get(i))));
                        }
                        return all.stream().reduce(Contribution.NONE, Contribution::plus);
                      }));
      assertSameTensors(got, wanted);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void goesOnFromAnyRoundToTheSameBits(int steps) {
    List<Dataset> parts = parts(40, 16, 40);
    LocalSgd rule =
        steps == 1 ? new LocalSgd(1) : new LocalSgd(steps, 0.7f, 0.9f, Compression.BF16);
    List<TrainingState> states = new ArrayList<>();
    try (Trainer worker = whole().build();
        Trainer t = whole().build()) {
      GradientExchange exchange = GradientExchange.local(worker, parts);
      TrainingListener keeps =
          new TrainingListener() {
            @Override
            public void onStep(Step s) {
              states.add(t.state());
            }
          };
      History wanted = t.fit(exchange, rule, EPOCHS, keeps);
      assertThat(states).hasSize(EPOCHS * (steps == 1 ? 10 : 4));
      for (int at : new int[] {0, 3, 5, states.size() - 1}) {
        try (Trainer again = whole().build()) {
          again.restore(states.get(at));
          History got = again.fit(exchange, rule, EPOCHS, NOBODY);
          TrainerResumeTest.assertSame(got, wanted);
          assertSameTensors(again.state(), t.state());
          if (at == 0) {
            again.restore(states.get(at));
            assertThatThrownBy(() -> again.fit(exchange, new LocalSgd(2), EPOCHS, NOBODY))
                .isInstanceOf(InvalidArgumentException.class)
                .hasMessageContaining("do not match the data of the stopped call");
          }
        }
      }
    }
  }

  @Test
  void replicasLearnTogether() {
    for (LocalSgd rule :
        List.of(new LocalSgd(1), new LocalSgd(4), new LocalSgd(4, 0.7f, 0.9f, Compression.BF16))) {
      try (Trainer t = whole().build();
          Trainer worker = whole().build()) {
        GradientExchange exchange = GradientExchange.local(worker, parts(32, 32, 32));
        History h = t.fit(exchange, rule, 12, NOBODY);
        assertThat(t.evaluate(Synthetic.quarters(100, 5)).accuracy())
            .as(rule + "")
            .isGreaterThan(0.9);
        assertThat(h.epochs().get(11).loss()).isLessThan(h.epochs().get(0).loss());
      }
    }
  }

  @Test
  void aRoundMayBeLongerThanAnEpoch() {
    LocalSgd rule = new LocalSgd(Integer.MAX_VALUE);
    TrainingState got = fitted(whole(), parts(32, 32), rule);
    assertThat(got.progress().updates()).isEqualTo(EPOCHS * 8);
  }

  @Test
  void bfloat16TakesHalfTheBytes() {
    long[] bytes = new long[2];
    for (Compression c : Compression.values()) {
      fitted(
          plain(new Sgd(0.01f), BATCH),
          parts(32, 32),
          new LocalSgd(1, 1, 0, c),
          e ->
              new Altered(
                  e,
                  round -> {
                    Contribution first =
                        ((LocalExchange) e).worker().contribute(round, 0, parts(32).get(0));
                    bytes[c.ordinal()] = bytes(first).length;
                    return e.round(round);
                  }));
    }
    long values = 3 * 9 + 3 + 4 * 300 + 4;
    assertThat(bytes[0] - bytes[1]).isBetween(2 * values - 50, 2 * values + 50);
  }

  @Test
  void wrongCallsAreRefused() {
    List<Dataset> parts = parts(32, 32);
    try (Trainer t = whole().build();
        Trainer other = whole().batch(BATCH + 1).build()) {
      assertThatThrownBy(() -> fit(t, GradientExchange.local(t, parts), 1))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageContaining("contribute: a listener, layer or data set");
      assertThatThrownBy(() -> fit(t, GradientExchange.local(other, parts), 1))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("contribute: the fitting trainer has {batch=4}, the replica has {batch=5}");
      assertThatThrownBy(() -> GradientExchange.local(other, List.of()))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("gradient exchange: the list of parts is empty");
      assertThatThrownBy(() -> fit(t, GradientExchange.local(other, List.of(DATA.slice(0, 0))), 1))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("gradient exchange: 1 parts have 0 images, expected 1 to 2^31 - 1");
      assertThatThrownBy(() -> new LocalSgd(1, 0.7f, 0.9f, Compression.NONE))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageStartingWith("local sgd: lr 0.7 and momentum 0.9 require several steps");
    }
    try (Trainer t = whole().ema(0.9).build();
        Trainer worker = whole().ema(0.9).build()) {
      assertThatThrownBy(() -> fit(t, GradientExchange.local(worker, parts), 2))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("gradient exchange: ema requires rounds of one step");
    }
  }

  @Test
  void aRoundOfAnotherNetworkIsRefused() {
    try (Trainer t = plain(new Sgd(0.01f), BATCH).build();
        Trainer larger = whole().build()) {
      assertThatThrownBy(() -> fit(t, GradientExchange.local(larger, parts(32)), 1))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessageStartingWith("contribute: the round belongs to a network other than whole");
    }
  }

  @Test
  void anExchangeMayLieAndThrow() {
    try (Trainer t = whole().build();
        Trainer worker = whole().build()) {
      GradientExchange honest = GradientExchange.local(worker, parts(32, 32));
      assertThatThrownBy(() -> fit(t, new Altered(honest, round -> Contribution.NONE), 1))
          .isInstanceOf(DataException.class)
          .hasMessage("gradient exchange: epoch 1, step 1 of 8 returned 0 images, expected 8");
      assertThatThrownBy(() -> fit(t, new Altered(honest, round -> null), 1))
          .isInstanceOf(UserCodeException.class);
      assertThatThrownBy(
              () ->
                  fit(
                      t,
                      new Altered(
                          honest,
                          round -> {
                            throw new IllegalStateException("lost");
                          }),
                      2))
          .isInstanceOf(UserCodeException.class)
          .hasMessageContaining("epoch 3, steps 1 to 2 of 8 threw")
          .hasMessageContaining("lost");
      fit(t, honest, 1); // it goes on
    }
    try (Trainer t = plain(new Sgd(1e30f), BATCH).ema(0).clipNorm(1e30).build();
        Trainer worker = plain(new Sgd(1e30f), BATCH).ema(0).clipNorm(1e30).build()) {
      assertThatThrownBy(() -> fit(t, GradientExchange.local(worker, parts(32, 32)), 1))
          .isInstanceOf(NumericException.class)
          .hasMessageContaining("epoch 1, step 2 of data set quarters");
    }
  }

  private static void fit(Trainer t, GradientExchange exchange, int steps) {
    t.fit(exchange, new LocalSgd(steps), 1, NOBODY);
  }

  private static byte[] bytes(Object of) {
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(of);
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @SuppressWarnings("unchecked") // of the same class
  private static <T> T copy(T of) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes(of)))) {
      return (T) in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
