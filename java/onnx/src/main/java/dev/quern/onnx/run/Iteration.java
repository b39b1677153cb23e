package dev.quern.onnx.run;

import dev.quern.onnx.fold.Fold;
import dev.quern.onnx.fold.Shapes;
import dev.quern.onnx.graph.Attributes;
import dev.quern.onnx.graph.Branch;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.ScanNodes;
import dev.quern.onnx.graph.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A Loop during a run: its body is computed as often as its condition and trip count say. */
final class Iteration {
  private final Run run;
  private final Stages stages;
  private final Node node;
  private final Branch body;
  private final List<Known> carried = new ArrayList<>();
  private final List<List<Known>> collected = new ArrayList<>();

  Iteration(Run run, Stages stages, Node node) {
    this.run = run;
    this.stages = stages;
    this.node = node;
    Branch given = node.attributes().branch("body");
    if (given == null) {
      throw new Refusal("attribute body is missing");
    }
    body = given;
    for (int i = 2; i < node.inputs().size(); i++) {
      carried.add(run.value(node.inputs().get(i)));
    }
    if (body.inputs().size() != 2 + carried.size() || body.outputs().size() <= carried.size()) {
      throw new Refusal("the inputs or outputs of its body do not match its own");
    }
    for (int i = 1 + carried.size(); i < body.outputs().size(); i++) {
      collected.add(new ArrayList<>());
    }
  }

  void run() {
    boolean counted = node.hasInput(0);
    long trips = counted ? run.value(node.inputs().get(0)).value().longs()[0] : Long.MAX_VALUE;
    boolean goesOn = !node.hasInput(1) || run.value(node.inputs().get(1)).value().scalar() != 0;
    if (!counted && !node.hasInput(1)) {
      throw new Refusal("it has neither a trip count nor a condition");
    }
    for (long i = 0; goesOn && i < trips; i++) {
      goesOn = iterate(i);
    }
    for (int i = 0; i < node.outputs().size(); i++) {
      if (i < carried.size()) {
        run.put(node.outputs().get(i), carried.get(i));
      } else if (node.hasOutput(i)) {
        run.put(node.outputs().get(i), stacked(i - carried.size()));
      }
    }
  }

  private boolean iterate(long number) {
    run.count(node);
    run.put(body.inputs().get(0), Known.data(Const.of(Types.INT64, new long[0], number)));
    run.put(body.inputs().get(1), Known.data(Const.of(Types.BOOL, new long[0], 1)));
    for (int i = 0; i < carried.size(); i++) {
      run.put(body.inputs().get(2 + i), carried.get(i));
    }
    run.inside(body);
    List<String> made = body.outputs();
    for (int i = 0; i < carried.size(); i++) {
      carried.set(i, run.value(made.get(1 + i)));
    }
    for (int i = 0; i < collected.size(); i++) {
      collected.get(i).add(run.value(made.get(1 + carried.size() + i)));
    }
    return run.value(made.get(0)).value().scalar() != 0;
  }

  /** Joins the values of all iterations along a new axis, the first one in a plain Loop. */
  private Known stacked(int joined) {
    List<Known> values = collected.get(joined);
    if (values.isEmpty()) {
      throw new Refusal("an output of a loop without iterations has no known shape");
    }
    long axis = ScanNodes.axis(node, joined);
    List<Const> apart = new ArrayList<>();
    for (Known k : values) {
      apart.add(k.value().as(Shapes.unsqueezed(k.value().dims(), new long[] {axis})));
    }
    if (ScanNodes.isReversed(node, joined)) {
      Collections.reverse(apart);
    }
    Node concat =
        new Node("", "Concat", "", List.of(), List.of(), new Attributes(Map.of("axis", axis)));
    return Known.data(Fold.compute(concat, stages.opset(), List.copyOf(apart)).get(0));
  }
}
