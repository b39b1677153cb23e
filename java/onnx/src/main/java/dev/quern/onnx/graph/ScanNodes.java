package dev.quern.onnx.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Scan, rewritten as Loop: an iteration gathers the slices that it reads, and Loop joins the slices
 * that all iterations made. The attributes {@link #AXES} and {@link #DIRECTIONS}, which Loop itself
 * does not have, say how.
 */
public final class ScanNodes {
  /** The axes along which the values of all iterations are joined; 0 if missing. */
  public static final String AXES = "scan_output_axes";

  /** For each joined output, 1 if its slices are in descending order of iterations. */
  public static final String DIRECTIONS = "scan_output_directions";

  /** Marks the names of values that the rewriting adds; no file has such names. */
  private static final char MARK = '\0';

  private final Node scan;
  private final Branch body;
  private final int states;
  private final String id;
  private final List<Node> inside = new ArrayList<>();
  private final Map<String, Const> constants;

  private ScanNodes(Node scan, Branch body, int slices) {
    this.scan = scan;
    this.body = body;
    states = scan.inputs().size() - slices;
    id = scan.shown() + String.join(",", scan.outputs()) + MARK + "scan";
    constants = new HashMap<>(body.constants());
  }

  /** Returns the nodes, in the same order, with a Loop in place of each Scan. */
  public static List<Node> rewritten(List<Node> nodes) {
    if (nodes.stream().noneMatch(ScanNodes::hasScan)) {
      return nodes;
    }
    List<Node> all = new ArrayList<>();
    nodes.forEach(n -> add(n, all));
    return all;
  }

  private static boolean isScan(Node n) {
    return n.qualified().equals("Scan");
  }

  private static boolean hasScan(Node n) {
    return isScan(n)
        || n.attributes().branches().stream()
            .anyMatch(b -> b.nodes().stream().anyMatch(ScanNodes::hasScan));
  }

  private static void add(Node n, List<Node> to) {
    Map<String, Object> attributes = new HashMap<>(n.attributes().values());
    attributes.replaceAll(
        (name, v) ->
            v instanceof Branch b
                ? new Branch(rewritten(b.nodes()), b.constants(), b.inputs(), b.outputs())
                : v);
    Node own =
        new Node(n.name(), n.op(), n.domain(), n.inputs(), n.outputs(), new Attributes(attributes));
    if (isScan(own) && attributes.get("body") instanceof Branch body) {
      Object slices = attributes.get("num_scan_inputs");
      if (slices instanceof Long s && s >= 1 && s <= n.inputs().size() && fits(own, body)) {
        new ScanNodes(own, body, s.intValue()).loop(to);
        return;
      }
    }
    to.add(own);
  }

  /** Returns whether the body has the inputs of the node; Scan before opset 9 had others. */
  private static boolean fits(Node scan, Branch body) {
    return body.inputs().size() == scan.inputs().size() && !scan.inputs().contains("");
  }

  private void loop(List<Node> to) {
    int slices = scan.inputs().size() - states;
    long[] axes = scan.attributes().numbers("scan_input_axes", new long[slices]);
    long[] directions = scan.attributes().numbers("scan_input_directions", new long[slices]);
    if (axes.length != slices || directions.length != slices) {
      to.add(scan);
      return;
    }
    String dims = id + "dims";
    String axis = id + "axis";
    String trips = id + "trips";
    to.add(node("Shape", List.of(scan.inputs().get(states)), dims, Map.of()));
    Map<String, Object> value = Map.of("value", Const.of(Types.INT64, new long[0], axes[0]));
    to.add(node("Constant", List.of(), axis, value));
    to.add(node("Gather", List.of(dims, axis), trips, Map.of("axis", 0L)));

    String number = id + "number";
    String goesOn = id + "condition";
    List<String> inputs = new ArrayList<>(List.of(number, goesOn));
    inputs.addAll(body.inputs().subList(0, states));
    for (int i = 0; i < slices; i++) {
      String at = directions[i] == 0 ? number : fromTheEnd(trips, number);
      String whole = scan.inputs().get(states + i);
      String slice = body.inputs().get(states + i);
      inside.add(node("Gather", List.of(whole, at), slice, Map.of("axis", axes[i])));
    }
    inside.addAll(body.nodes());
    constants.put(id + "true", Const.of(Types.BOOL, new long[0], 1));
    List<String> outputs = new ArrayList<>(List.of(id + "true"));
    outputs.addAll(body.outputs());

    Map<String, Object> attributes = new HashMap<>(scan.attributes().values());
    attributes.put("body", new Branch(inside, constants, inputs, outputs));
    List<String> in = new ArrayList<>(List.of(trips, ""));
    in.addAll(scan.inputs().subList(0, states));
    to.add(new Node(scan.name(), "Loop", "", in, scan.outputs(), new Attributes(attributes)));
  }

  /** Returns the name of the last iteration's number minus this one's. */
  private String fromTheEnd(String trips, String number) {
    String back = id + "back";
    if (!constants.containsKey(id + "one")) {
      constants.put(id + "one", Const.of(Types.INT64, new long[0], 1));
      inside.add(node("Sub", List.of(trips, number), id + "left", Map.of()));
      inside.add(node("Sub", List.of(id + "left", id + "one"), back, Map.of()));
    }
    return back;
  }

  private Node node(String op, List<String> in, String out, Map<String, Object> attributes) {
    return new Node(scan.shown(), op, "", in, List.of(out), new Attributes(attributes));
  }

  /** Returns the axis of a Loop's joined output. */
  public static long axis(Node loop, int joined) {
    long[] axes = loop.attributes().numbers(AXES, new long[0]);
    return joined < axes.length ? axes[joined] : 0;
  }

  /** Returns whether the last iteration's value comes first in a Loop's joined output. */
  public static boolean isReversed(Node loop, int joined) {
    long[] directions = loop.attributes().numbers(DIRECTIONS, new long[0]);
    return joined < directions.length && directions[joined] != 0;
  }
}
