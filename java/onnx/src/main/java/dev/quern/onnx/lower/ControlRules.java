package dev.quern.onnx.lower;

import dev.quern.onnx.graph.Attributes;
import dev.quern.onnx.graph.Branch;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rules for control flow whose conditions are known at import. */
final class ControlRules {
  /** Marks the names of values that a loop adds; no file has such names. */
  private static final char MARK = '\0';

  private ControlRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("If", ControlRules::branch);
    rules.put("Loop", ControlRules::loop);
  }

  /** Replaces an If by the branch that its constant condition selects. */
  private static void branch(Site s) {
    boolean condition = s.constant(0, "the condition").scalar() != 0;
    Branch taken = s.attributes().branch(condition ? "then_branch" : "else_branch");
    if (taken == null) {
      throw new Refusal("the branch for " + condition + " is missing");
    }
    s.lowering().inline(taken);
    for (int i = 0; i < taken.outputs().size(); i++) {
      s.out(i, s.lowering().operand(taken.outputs().get(i)));
    }
  }

  /**
   * Replaces a Loop by its iterations, whose number must be known: the trip count, and the
   * condition after each iteration.
   */
  private static void loop(Site s) {
    Branch body = s.attributes().branch("body");
    if (body == null) {
      throw new Refusal("attribute body is missing");
    }
    List<@Nullable Operand> carried = new ArrayList<>();
    for (int i = 2; i < s.node.inputs().size(); i++) {
      carried.add(s.operand(i));
    }
    int states = carried.size();
    if (body.inputs().size() != states + 2 || body.outputs().size() <= states) {
      throw new Refusal("the inputs or outputs of its body do not match its own");
    }
    Const trips = s.optional(0, "the trip count");
    Const first = s.optional(1, "the condition");
    boolean goesOn = first == null || first.scalar() != 0;
    if (trips == null && first == null) {
      throw new Refusal("it has neither a trip count nor a condition");
    }
    long most = trips == null ? Long.MAX_VALUE : trips.longs()[0];
    long nodes = 1 + body.nodes().stream().mapToLong(Node::count).sum();
    List<List<String>> scans = new ArrayList<>();
    for (int i = states + 1; i < body.outputs().size(); i++) {
      scans.add(new ArrayList<>());
    }
    for (long i = 0; goesOn && i < most; i++) {
      s.lowering().countIterated(nodes);
      List<String> made = iteration(s, body, i, carried);
      Operand condition = s.lowering().operand(made.get(0));
      if (!(condition instanceof Const known)) {
        throw new Refusal("its condition is computed by the network");
      }
      goesOn = known.scalar() != 0;
      carried.replaceAll(o -> null);
      for (int j = 0; j < states; j++) {
        carried.set(j, s.lowering().operand(made.get(1 + j)));
      }
      for (int j = 0; j < scans.size(); j++) {
        scans.get(j).add(made.get(1 + states + j));
      }
    }
    for (int j = 0; j < states; j++) {
      finish(s, j, carried.get(j));
    }
    for (int j = 0; j < scans.size(); j++) {
      if (s.node.hasOutput(states + j) && !scans.get(j).isEmpty()) {
        stack(s, scans.get(j), states + j);
      }
    }
  }

  /** Returns a name that no other node of the graph has, nor that of another iteration. */
  private static String id(Site s) {
    return s.node.outputs().stream().filter(o -> !o.isEmpty()).findFirst().orElse(s.node.shown());
  }

  private static void finish(Site s, int output, @Nullable Operand value) {
    if (value == null) {
      throw new Refusal("input " + (output + 2) + " is missing");
    }
    s.out(output, value);
  }

  /** Adds the nodes of one iteration and returns the names of its outputs. */
  private static List<String> iteration(
      Site s, Branch body, long number, List<@Nullable Operand> carried) {
    Lowering lowering = s.lowering();
    Branch own = body.withOwnNames(id(s) + MARK + number + MARK);
    lowering.put(own.inputs().get(0), Const.of(Types.INT64, new long[0], new long[] {number}));
    lowering.put(own.inputs().get(1), Const.of(Types.BOOL, new long[0], new long[] {1}));
    for (int i = 0; i < carried.size(); i++) {
      Operand value = carried.get(i);
      if (value != null) {
        lowering.put(own.inputs().get(2 + i), value);
      }
    }
    lowering.inline(own);
    return own.outputs();
  }

  /** Joins the values of all iterations along a new first axis. */
  private static void stack(Site s, List<String> values, int output) {
    List<Node> nodes = new ArrayList<>();
    List<String> each = new ArrayList<>();
    String name = s.node.shown();
    String id = id(s);
    String front = id + MARK + "front" + output;
    s.lowering().put(front, Const.of(Types.INT64, new long[] {1}, new long[] {0}));
    for (String value : values) {
      String apart = value + MARK + output;
      Map<String, Object> axes = s.lowering().opset() < 13 ? Map.of("axes", new long[1]) : Map.of();
      List<String> in = axes.isEmpty() ? List.of(value, front) : List.of(value);
      nodes.add(new Node(name, "Unsqueeze", "", in, List.of(apart), new Attributes(axes)));
      each.add(apart);
    }
    String all = id + MARK + output;
    Attributes axis = new Attributes(Map.of("axis", 0L));
    nodes.add(new Node(name, "Concat", "", each, List.of(all), axis));
    s.lowering().inline(new Branch(nodes, Map.of(), List.of(), List.of(all)));
    s.out(output, s.lowering().operand(all));
  }
}
