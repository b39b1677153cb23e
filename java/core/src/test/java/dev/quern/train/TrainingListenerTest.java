package dev.quern.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.within;

import dev.quern.Synthetic;
import dev.quern.data.Dataset;
import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.metric.Evaluation;
import dev.quern.network.Network;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ResourceBundle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TrainingListenerTest {
  private final StringWriter lines = new StringWriter();
  private final StringWriter terminal = new StringWriter();
  private final List<String> heard = new ArrayList<>();

  @AfterEach
  void forget() {
    System.clearProperty("quern.terminal");
  }

  private TrainingListener console(boolean watched) {
    System.setProperty("quern.terminal", Boolean.toString(watched));
    return TrainingListener.console(new PrintWriter(lines), new PrintWriter(terminal));
  }

  private static TrainingListener.Step step(int epoch, int step, double loss) {
    return new TrainingListener.Step(epoch, 2, step, 4, 10, loss, 0.1);
  }

  private static History.Epoch epoch(int number, double accuracy, Evaluation validationOrNull) {
    return new History.Epoch(
        number, 0.75, accuracy, 1.5, 1000, Optional.ofNullable(validationOrNull));
  }

  @Test
  void aLineAnEpochWhereNobodyWatches() {
    TrainingListener l = console(false);
    l.onBegin();
    l.onStep(step(1, 1, 1));
    l.onEpoch(epoch(1, 0.5, null));
    l.onEpoch(epoch(2, 0.5, new Evaluation(0.8, 0.25, 30)));
    l.onEpoch(epoch(2, Double.NaN, new Evaluation(Double.NaN, 0.25, 30)));
    l.onEnd(History.StopReason.FINISHED);
    assertThat(lines.toString().lines())
        .containsExactly(
            "epoch 1/2 loss 0.7500 accuracy 0.5000 seconds 1.50 images/s 1000",
            "epoch 2/2 loss 0.7500 accuracy 0.5000 seconds 1.50 images/s 1000"
                + " validation loss 0.2500 accuracy 0.8000",
            "epoch 2/2 loss 0.7500 seconds 1.50 images/s 1000 validation loss 0.2500");
    assertThat(terminal.toString()).isEmpty();
  }

  @Test
  void aBarOnATerminalThatGoesOnWhereARunWas() {
    TrainingListener l = console(true);
    l.onBegin();
    l.onStep(step(2, 1, 1));
    l.onStep(step(2, 4, 3));
    l.onEpoch(epoch(2, 0.5, null));
    l.onEnd(null);
    assertThat(terminal.toString())
        .startsWith("\repoch 2/2  63% [=")
        .contains(" loss 1.0000", "epoch 2/2 100% [==", " loss 2.0000")
        .endsWith("\r\u001b[K")
        .doesNotContain("\n");
    assertThat(lines.toString()).startsWith("epoch 2/2 loss 0.7500");
  }

  @Test
  void theBarHasTheAccuracyOfTheEpochsSteps() {
    TrainingListener l = console(true);
    l.onBegin();
    l.onStep(new TrainingListener.Step(1, 2, 1, 4, 10, 1, 0.1, 0.5));
    l.onStep(new TrainingListener.Step(1, 2, 2, 4, 30, 1, 0.1, 0.7));
    l.onStep(new TrainingListener.Step(2, 2, 4, 4, 10, 1, 0.1, 0.9));
    assertThat(terminal.toString()).contains("loss 1.0000 accuracy 0.5000", "accuracy 0.9000");
  }

  @Test
  void theAccuraciesOfStepsMakeThatOfTheEpoch() {
    Dataset data = Synthetic.quarters(20, 1);
    Network net = Network.of("two", data.shape(), new Flatten(), new Linear(data.classes().size()));
    double[] sum = new double[1];
    TrainingListener told =
        new TrainingListener() {
          @Override
          public void onStep(Step step) {
            sum[0] += step.accuracy() * step.images();
          }
        };
    try (Trainer trainer = Trainer.builder(net).batch(8).build()) {
      double accuracy = trainer.fit(data, 1, told).epochs().get(0).accuracy();
      assertThat(sum[0] / 20).isCloseTo(accuracy, within(1e-12));
    }
  }

  @Test
  void fitTellsTheLastEpochOfEachCall() {
    Dataset data = Synthetic.quarters(20, 1);
    Network net = Network.of("two", data.shape(), new Flatten(), new Linear(data.classes().size()));
    TrainingListener told =
        new TrainingListener() {
          @Override
          public void onStep(Step s) {
            heard.add(s.epoch() + "/" + s.epochs() + " " + s.step());
          }
        };
    try (Trainer t = Trainer.builder(net).batch(20).build()) {
      t.fit(data, 2, TrainingListener.all(console(false), told));
      t.fit(data, 1, TrainingListener.all(told));
    }
    assertThat(heard).containsExactly("1/2 1", "2/2 1", "3/3 1");
    assertThat(lines.toString().lines()).hasSize(2).allMatch(s -> s.matches("epoch ./2 loss .*"));
  }

  /** Keeps what is logged. */
  private final class Log implements System.Logger {
    @Override
    public String getName() {
      return "test";
    }

    @Override
    public boolean isLoggable(Level level) {
      return true;
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String message, Throwable thrown) {
      heard.add(level + " " + message);
    }

    @Override
    public void log(Level level, ResourceBundle bundle, String format, Object... arguments) {
      heard.add(level + " " + format);
    }
  }

  @Test
  void logsEpochsAtInfoAndStepsAtDebug() {
    TrainingListener l = new LogListener(new Log());
    l.onBegin();
    l.onStep(step(1, 3, 0.5));
    l.onEpoch(epoch(1, 0.5, null));
    l.onEnd(History.StopReason.FINISHED);
    assertThat(heard)
        .containsExactly(
            "DEBUG epoch 1/2 step 3/4 loss 0.5000 lr 0.1",
            "INFO epoch 1/2 loss 0.7500 accuracy 0.5000 seconds 1.50 images/s 1000");
    assertThat(TrainingListener.log()).isInstanceOf(LogListener.class);
  }

  /** Hears all, and throws where it is told to. */
  private final class Loud implements TrainingListener {
    private final String name;
    private final String throwsAt;

    Loud(String name, String throwsAt) {
      this.name = name;
      this.throwsAt = throwsAt;
    }

    private void hear(String what) {
      heard.add(name + " " + what);
      if (throwsAt.contains(what)) {
        throw new IllegalStateException(name + " " + what);
      }
    }

    @Override
    public void onBegin() {
      hear("begin");
    }

    @Override
    public void onStep(Step step) {
      hear("step");
    }

    @Override
    public void onMetric(Metric metric) {
      hear("metric");
    }

    @Override
    public void onEpoch(History.Epoch epoch) {
      hear("epoch");
    }

    @Override
    public void onEnd(History.StopReason stopReasonOrNull) {
      hear("end");
    }
  }

  private TrainingListener three(String a, String b, String c) {
    return TrainingListener.all(new Loud("a", a), new Loud("b", b), new Loud("c", c));
  }

  @Test
  void allHearInOrder() {
    TrainingListener l = three("", "", "");
    l.onBegin();
    l.onStep(step(1, 1, 1));
    l.onMetric(new TrainingListener.Metric(1, "validation_loss", 1));
    l.onEpoch(epoch(1, 1, null));
    l.onEnd(null);
    assertThat(heard)
        .containsExactly(
            "a begin",
            "b begin",
            "c begin",
            "a step",
            "b step",
            "c step",
            "a metric",
            "b metric",
            "c metric",
            "a epoch",
            "b epoch",
            "c epoch",
            "a end",
            "b end",
            "c end");
  }

  @Test
  void aThrowingListenerEndsTheCallButNotTheEnd() {
    TrainingListener l = three("end", "step", "end");
    assertThatThrownBy(() -> l.onStep(step(1, 1, 1))).hasMessage("b step");
    assertThat(heard).containsExactly("a step", "b step");
    heard.clear();
    Throwable thrown = catchThrowable(() -> l.onEnd(null));
    assertThat(heard).containsExactly("a end", "b end", "c end");
    assertThat(thrown).hasMessage("a end");
    assertThat(thrown.getSuppressed()).hasSize(1).allMatch(e -> e.getMessage().equals("c end"));
  }

  @Test
  void whoBeganIsToldOfTheEndWhereAnotherRefusesToBegin() {
    TrainingListener l = three("end", "", "begin");
    Throwable thrown = catchThrowable(l::onBegin);
    assertThat(heard).containsExactly("a begin", "b begin", "c begin", "a end", "b end");
    assertThat(thrown).hasMessage("c begin");
    assertThat(thrown.getSuppressed()).hasSize(1).allMatch(e -> e.getMessage().equals("a end"));
  }

  @Test
  void refusesNull() {
    TrainingListener l = console(false);
    for (org.assertj.core.api.ThrowableAssert.ThrowingCallable c :
        List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
            () -> TrainingListener.all((TrainingListener[]) null),
            () -> TrainingListener.all(l, null),
            () -> TrainingListener.console(null, new PrintWriter(terminal)),
            () -> TrainingListener.console(new PrintWriter(terminal), null),
            () -> l.onStep(null),
            () -> l.onEpoch(null))) {
      assertThatThrownBy(c).isInstanceOf(InvalidArgumentException.class);
    }
  }
}
