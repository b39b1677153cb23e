package dev.quern.onnx.graph;

import java.util.List;
import java.util.Map;

/**
 * A graph inside a node, such as a branch of If. Its nodes read values of the graph around it, too.
 *
 * @param outputs names of values, its own or of the graph around it
 */
public record Branch(List<Node> nodes, Map<String, Const> constants, List<String> outputs) {}
