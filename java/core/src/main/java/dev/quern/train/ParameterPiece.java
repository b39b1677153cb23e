package dev.quern.train;

import dev.quern.internal.NamePattern;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.optim.OptimizerStep;
import dev.quern.layer.Parameter;
import dev.quern.optim.CustomOptimizer;
import dev.quern.optim.Muon;
import dev.quern.optim.Optimizer;
import dev.quern.optim.ParameterGroup;
import dev.quern.plan.build.Weights;
import dev.quern.plan.memory.Stages;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A group of adjacent parameters with equal settings, which one call of the optimizer updates. For
 * optimizers that depend on shapes, such as Muon and custom optimizers, each parameter is a
 * separate piece.
 */
final class ParameterPiece implements AutoCloseable {
  private final Optimizer optimizer;
  private final double lrFactor;
  private final int stage;
  private final Shape shape;
  private final long offset;
  private final List<String> parameters;
  private final OptimizerStep step;
  private FloatPointer gradient;
  private FloatPointer weight;
  private FloatPointer slow;
  private FloatPointer[] own;

  private ParameterPiece(Rule rule, Shape shape, long offset, List<String> parameters) {
    this.optimizer = rule.optimizer();
    this.lrFactor = rule.lrFactor();
    this.stage = rule.stage();
    this.shape = shape;
    this.offset = offset;
    this.parameters = List.copyOf(parameters);
    step = new OptimizerStep(optimizer);
    try {
      step.reserve(shape);
    } catch (RuntimeException | Error e) {
      step.close();
      throw e;
    }
  }

  /**
   * The optimizer, learning-rate factor and first stage of a parameter.
   *
   * @param stage the first stage in which the parameter is trained
   */
  record Rule(Optimizer optimizer, double lrFactor, int stage) {}

  /** Returns the pieces of all parameters that are not frozen, in order. */
  static List<ParameterPiece> of(Map<String, Rule> rules, Weights weights) {
    List<ParameterPiece> all = new ArrayList<>();
    Map<String, Rule> trained = new HashMap<>(rules);
    trained.keySet().removeIf(weights.frozen()::parameter);
    try {
      add(all, trained, weights);
      return all;
    } catch (RuntimeException | Error e) {
      all.forEach(ParameterPiece::close);
      throw e;
    }
  }

  private static void add(List<ParameterPiece> all, Map<String, Rule> rules, Weights weights) {
    List<String> run = new ArrayList<>();
    List<String> names = List.copyOf(weights.parameters().keySet());
    for (int i = 0; i < names.size(); i++) {
      Rule rule = rules.get(names.get(i));
      if (rule == null) {
        continue;
      }
      run.add(names.get(i));
      boolean single =
          rule.optimizer() instanceof Muon || rule.optimizer() instanceof CustomOptimizer;
      if (single || i + 1 == names.size() || !rule.equals(rules.get(names.get(i + 1)))) {
        all.add(piece(rule, run, weights));
        run.clear();
      }
    }
  }

  private static ParameterPiece piece(Rule rule, List<String> run, Weights weights) {
    long from = weights.offset(run.get(0));
    String last = run.get(run.size() - 1);
    Shape shape =
        run.size() == 1
            ? weights.parameters().get(last).shape()
            : Shape.of(weights.offset(last) + weights.elements(last) - from);
    return new ParameterPiece(rule, shape, from, run);
  }

  /** Returns the rule of each parameter by name. */
  static Map<String, Rule> rules(TrainerSettings s, Stages stages) {
    Map<String, Parameter> parameters = s.network.parameters();
    Map<ParameterGroup, NamePattern> groups = new LinkedHashMap<>();
    s.groups.forEach(
        g -> groups.put(g, NamePattern.of("parameter group", g.pattern(), parameters.keySet())));
    Map<String, Rule> rules = new HashMap<>();
    parameters.forEach(
        (name, p) -> rules.put(name, rule(s, groups, name, p, stages.trainedFrom(name))));
    return rules;
  }

  private static Rule rule(
      TrainerSettings s,
      Map<ParameterGroup, NamePattern> groups,
      String name,
      Parameter p,
      int stage) {
    Optimizer o = s.optimizer.forShape(p.shape());
    // a parameter with constant initial values is one of a normalization layer
    if (s.decayWeightsOnly && (p.shape().rank() < 2 || p.fanIn() == 0)) {
      o = o.withWeightDecay(0);
    }
    double factor = 1;
    for (Map.Entry<ParameterGroup, NamePattern> e : groups.entrySet()) {
      if (e.getValue().matches(name)) {
        factor = e.getKey().lrFactor();
        float decay = e.getKey().weightDecay();
        o = Float.isNaN(decay) ? o : o.withWeightDecay(decay);
      }
    }
    return new Rule(o, factor, stage);
  }

  /** Returns the names of the optimizer's state arrays. */
  List<String> states() {
    return optimizer.states();
  }

  List<String> parameters() {
    return parameters;
  }

  /** Returns the offset of the piece, in floats from the first weight. */
  long offset() {
    return offset;
  }

  /** Returns the length of the piece in floats. */
  long length() {
    return shape.elements();
  }

  long bytes() {
    return step.bytes();
  }

  /**
   * Sets the pointers that updates use.
   *
   * @param slowOrNull the slow weights of lookahead; null without lookahead
   */
  void bind(Weights weights, List<OffHeap> states, OffHeap slowOrNull) {
    gradient = weights.gradients(offset);
    weight = weights.weights(offset);
    slow = slowOrNull == null ? null : slowOrNull.floats(Float.BYTES * offset);
    own = new FloatPointer[states().size()];
    for (int i = 0; i < own.length; i++) {
      own[i] = states.get(i).floats(Float.BYTES * offset);
    }
  }

  /** Returns the first stage in which the piece is trained. */
  int stage() {
    return stage;
  }

  FloatPointer gradient() {
    return gradient;
  }

  FloatPointer weight() {
    return weight;
  }

  /** Returns the slow weights of lookahead; null without lookahead. */
  FloatPointer slow() {
    return slow;
  }

  void update(long number, double scheduled) {
    step.run(number, scheduled * lrFactor, shape, gradient, weight, own);
  }

  @Override
  public void close() {
    step.close();
  }
}
