package dev.quern.fuzz.api;

import dev.quern.engine.Engine;
import dev.quern.metric.Evaluation;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.History;
import dev.quern.train.Summary;
import dev.quern.train.Trainer;
import dev.quern.train.TrainingState;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** What the threads of a session do, and what must be true of the answers. */
final class SessionCalls {
  /** A call of the session. */
  private interface Body {
    void run(Draw draw) throws Exception;
  }

  /**
   * @param share how often, beside the others
   */
  private record Action(String name, int share, Body body) {}

  private final World world;
  private final Trace calls;
  private final boolean honest;
  private final Mischief mischiefOrNull;
  private final List<Action> actions;
  private final int shares;
  private volatile TrainingState state;

  SessionCalls(
      World world, Trace calls, boolean honest, Mischief mischiefOrNull, Consumer<Draw> interrupt) {
    this.world = world;
    this.calls = calls;
    this.honest = honest;
    this.mischiefOrNull = mischiefOrNull;
    actions =
        List.of(
            new Action("step on labels", 3, this::stepOnLabels),
            new Action("step on targets", 3, this::stepOnTargets),
            new Action("fit", 3, this::fit),
            new Action("stop", 1, d -> world.trainer().stop()),
            new Action("evaluate", 2, this::evaluate),
            new Action("report", 1, this::report),
            new Action("several inputs and outputs", 2, this::several),
            new Action("gradients", 1, this::gradients),
            new Action("state", 2, d -> state = world.trainer().state()),
            new Action("restore", 2, this::restore),
            new Action("a second trainer", 1, this::secondTrainer),
            new Action("a second model", 1, this::secondModel),
            new Action("predict", 3, d -> predict(world.model(), d)),
            new Action("classify", 1, this::classify),
            new Action("evaluate the model", 1, this::evaluateModel),
            new Action("an operator", 4, d -> new EagerCall(world, d).run()),
            new Action("facts", 1, this::facts),
            new Action("threads", 1, d -> Engine.setThreads(d.of(1, 2, 3, 4, 0, 65))),
            new Action("an arena", 1, this::arena),
            new Action("interrupt", 1, interrupt::accept),
            new Action("close", 1, this::close));
    shares = actions.stream().mapToInt(Action::share).sum();
  }

  /** One call, whose answer is judged. */
  void one(Draw draw) throws Exception {
    try {
      some(draw).run(draw);
    } catch (Exception | Error t) {
      Verdict.on(t, calls);
    }
  }

  /** One call from within another: what it throws is the callback's, as it would be a user's. */
  void oneInside(Draw draw) {
    calls.add("from within a callback:");
    try {
      some(draw).run(draw);
    } catch (Exception e) {
      Thrown.sneak(e);
    }
  }

  private Body some(Draw draw) {
    int at = draw.below(shares);
    int i = 0;
    while (at >= actions.get(i).share()) {
      at -= actions.get(i).share();
      i++;
    }
    Action chosen = actions.get(i);
    String thread = Thread.currentThread().getName();
    calls.add(() -> chosen.name() + " (" + thread + ")");
    return chosen.body();
  }

  private void stepOnLabels(Draw d) {
    int n = d.between(0, 6);
    loss(world.trainer().step(world.images(n), world.labels(d.once(9) ? n + 1 : n)));
  }

  private void stepOnTargets(Draw d) {
    int n = d.between(0, 6);
    loss(world.trainer().step(world.images(n), world.targets(d.once(9) ? n + 1 : n)));
  }

  private void loss(double loss) {
    require(Double.isFinite(loss), "step returned " + loss);
  }

  private void fit(Draw d) {
    int epochs = d.between(1, 2);
    History h = world.trainer().fit(world.samples, epochs, new Listener(mischiefOrNull));
    require(h.epochs().size() <= epochs, "more epochs than " + epochs);
    require(
        h.stopReason() != History.StopReason.FINISHED || h.epochs().size() == epochs,
        "finished too soon");
  }

  private void evaluate(Draw d) {
    judge(world.trainer().evaluate(world.samples), world.data.size());
  }

  private void judge(Evaluation e, int images) {
    boolean share = e.accuracy() >= 0 && e.accuracy() <= 1;
    require(share || Double.isNaN(e.accuracy()), "accuracy " + e.accuracy());
    require(e.images() == images, e.images() + " images");
  }

  private void report(Draw d) {
    var reports =
        d.once(2) ? world.trainer().report(world.samples) : world.model().report(world.samples);
    require(reports.size() == 1, reports.size() + " reports of one output");
    require(!reports.toString().isEmpty(), "a report says nothing");
  }

  /** Made here, so that what its data sets do is no part of making the world. */
  private void several(Draw d) {
    Several s = new Several(world, d, mischiefOrNull);
    int epochs = d.between(1, 2);
    History h = s.trainer().fit(s.data, epochs, new Listener(mischiefOrNull));
    require(h.epochs().size() <= epochs, "more epochs than " + epochs);
    judge(s.trainer().evaluate(s.data), s.size);
    require(
        s.trainer().report(s.data).keySet().equals(Set.copyOf(s.network.outputs())),
        "other reports than outputs");
    try (Model m = Model.of(s.trainer().modelData(Map.of()))) {
      judge(m.evaluate(s.data), s.size);
      m.report(s.data);
    }
  }

  private void gradients(Draw d) {
    var all = world.trainer().gradients();
    require(world.network.parameters().keySet().containsAll(all.keySet()), "other gradients");
  }

  private void restore(Draw d) {
    if (state != null) {
      world.trainer().restore(state);
    }
  }

  private void secondTrainer(Draw d) {
    try (Trainer t = world.builder().build()) {
      loss(t.step(world.images(2), world.targets(2)));
    }
  }

  private void secondModel(Draw d) {
    ModelData data = d.once(2) ? world.modelData() : ModelData.untrained(world.network, 1);
    try (Model m = Model.of(data)) {
      predict(m, d);
    }
  }

  private void predict(Model m, Draw d) {
    int n = d.of(0, 1, 2, 3, 5, 70);
    Shape wanted = honest ? world.network.output().batch(n) : null;
    Tensor out = m.predict(world.images(n));
    require(wanted == null || out.shape().equals(wanted), out + " where " + wanted + " is due");
    if (d.once(2)) {
      require(out.toArray().length == out.shape().elements(), "another number of values");
    }
  }

  private void classify(Draw d) {
    byte[] pixels = new byte[(int) world.network.input().elements()];
    Arrays.fill(pixels, (byte) d.below(256));
    int top = d.between(1, 9);
    require(world.model().classify(pixels, top).size() <= top, "more than " + top + " classes");
  }

  private void evaluateModel(Draw d) {
    judge(world.model().evaluate(world.samples, world.loss), world.data.size());
  }

  private void facts(Draw d) {
    require(world.trainer().bytes() >= 0, "negative bytes");
    world.trainer().implementations();
    world.model().implementations();
    Summary.of(world.network, d.between(1, 5));
    Engine.info();
  }

  private void arena(Draw d) {
    Arena arena = world.opened(new Arena());
    Tensor t = arena.tensor(world.network.input().batch(2));
    if (d.once(2)) {
      arena.close();
    }
    world.model().predict(t);
  }

  private void close(Draw d) throws Exception {
    if (d.once(3)) {
      d.of(world.opened()).close();
    }
  }

  private void require(boolean fact, String otherwise) {
    if (!fact) {
      throw new Verdict.Wrong(otherwise + ", after these calls:" + calls);
    }
  }
}
