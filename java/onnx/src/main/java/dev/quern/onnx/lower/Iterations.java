package dev.quern.onnx.lower;

import dev.quern.onnx.graph.Attributes;
import dev.quern.onnx.graph.Branch;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.ScanNodes;
import dev.quern.onnx.graph.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Loop, replaced by its iterations. Their number must be known at import: the trip count, and the
 * condition after each iteration.
 */
final class Iterations {
  /** Marks the names of values that a loop adds; no file has such names. */
  private static final char MARK = '\0';

  private final Site site;
  private final Lowering lowering;
  private final Branch body;
  private final long nodes;

  /** A name that no other node of the graph has, nor this node in another iteration around it. */
  private final String id;

  /** The values that an iteration passes to the next one. */
  private final List<@Nullable Operand> carried = new ArrayList<>();

  /** For each collected output, the names of its values in all iterations. */
  private final List<List<String>> collected = new ArrayList<>();

  Iterations(Site site) {
    this.site = site;
    lowering = site.lowering();
    List<String> outputs = site.node.outputs();
    id = outputs.stream().filter(o -> !o.isEmpty()).findFirst().orElse(site.node.shown());
    Branch given = site.attributes().branch("body");
    if (given == null) {
      throw new Refusal("attribute body is missing");
    }
    body = given;
    nodes = 1 + body.nodes().stream().mapToLong(Node::count).sum();
    for (int i = 2; i < site.node.inputs().size(); i++) {
      carried.add(site.operand(i));
    }
    if (body.inputs().size() != 2 + carried.size() || body.outputs().size() <= carried.size()) {
      throw new Refusal("the inputs or outputs of its body do not match its own");
    }
    for (int i = 1 + carried.size(); i < body.outputs().size(); i++) {
      collected.add(new ArrayList<>());
    }
  }

  void lower() {
    Const trips = site.optional(0, "the trip count");
    Const first = site.optional(1, "the condition");
    if (trips == null && first == null) {
      throw new Refusal("it has neither a trip count nor a condition");
    }
    boolean goesOn = first == null || first.scalar() != 0;
    for (long i = 0; goesOn && (trips == null || i < trips.longs()[0]); i++) {
      goesOn = iterate(i);
    }
    for (int i = 0; i < carried.size(); i++) {
      Operand last = carried.get(i);
      if (last == null) {
        throw new Refusal("input " + (2 + i) + " is missing");
      }
      site.out(i, last);
    }
    for (int i = 0; i < collected.size(); i++) {
      int output = carried.size() + i;
      if (site.node.hasOutput(output) && !collected.get(i).isEmpty()) {
        stack(collected.get(i), output);
      }
    }
  }

  /** Adds the nodes of an iteration and returns whether another one follows. */
  private boolean iterate(long number) {
    lowering.countIterated(nodes);
    Branch own = body.withOwnNames(id + MARK + number + MARK);
    lowering.put(own.inputs().get(0), Const.of(Types.INT64, new long[0], number));
    lowering.put(own.inputs().get(1), Const.of(Types.BOOL, new long[0], 1));
    for (int i = 0; i < carried.size(); i++) {
      Operand value = carried.get(i);
      if (value != null) {
        lowering.put(own.inputs().get(2 + i), value);
      }
    }
    lowering.inline(own);
    List<String> made = own.outputs();
    for (int i = 0; i < carried.size(); i++) {
      carried.set(i, lowering.operand(made.get(1 + i)));
    }
    for (int i = 0; i < collected.size(); i++) {
      collected.get(i).add(made.get(1 + carried.size() + i));
    }
    if (lowering.operand(made.get(0)) instanceof Const condition) {
      return condition.scalar() != 0;
    }
    throw new Refusal("its condition is computed by the network");
  }

  /** Joins the values of all iterations along a new axis, the first one in a plain Loop. */
  private void stack(List<String> values, int output) {
    String name = site.node.shown();
    String first = id + MARK + "first" + output;
    int joined = output - carried.size();
    long at = ScanNodes.axis(site.node, joined);
    lowering.put(first, Const.of(at));
    Map<String, Object> axes = site.opset < 13 ? Map.of("axes", new long[] {at}) : Map.of();
    List<Node> made = new ArrayList<>();
    List<String> apart = new ArrayList<>();
    for (String value : values) {
      List<String> in = axes.isEmpty() ? List.of(value, first) : List.of(value);
      String out = value + MARK + output;
      made.add(new Node(name, "Unsqueeze", "", in, List.of(out), new Attributes(axes)));
      apart.add(out);
    }
    if (ScanNodes.isReversed(site.node, joined)) {
      Collections.reverse(apart);
    }
    String all = id + MARK + output;
    Attributes axis = new Attributes(Map.of("axis", at));
    made.add(new Node(name, "Concat", "", apart, List.of(all), axis));
    lowering.inline(new Branch(made, Map.of(), List.of(), List.of(all)));
    site.out(output, lowering.operand(all));
  }
}
