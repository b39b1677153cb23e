package dev.quern.onnx.graph;

import java.util.List;
import java.util.Map;

/**
 * A file's content.
 *
 * @param opset version of ONNX's own operators
 * @param inputs those that are not constants
 * @param metadata the file's own, and its producer
 */
public record Graph(
    String name,
    long opset,
    List<Node> nodes,
    Map<String, Const> constants,
    List<Port> inputs,
    List<Port> outputs,
    Map<String, String> metadata) {}
