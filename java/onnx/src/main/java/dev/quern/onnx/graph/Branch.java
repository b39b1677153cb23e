package dev.quern.onnx.graph;

import java.util.List;
import java.util.Map;

/**
 * A subgraph of a node, such as a branch of If. Its nodes can also read values of the enclosing
 * graph.
 *
 * @param outputs the names of the output values, computed by the subgraph or the enclosing graph
 */
public record Branch(List<Node> nodes, Map<String, Const> constants, List<String> outputs) {}
