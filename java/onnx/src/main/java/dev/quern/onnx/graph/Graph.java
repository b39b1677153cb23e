package dev.quern.onnx.graph;

import java.util.List;
import java.util.Map;

/**
 * The graph of an ONNX file, with its constants and metadata.
 *
 * @param opset the version of ONNX's own operators
 * @param inputs the inputs that are not constants
 * @param metadata the file's metadata, including its producer
 */
public record Graph(
    String name,
    long opset,
    List<Node> nodes,
    Map<String, Const> constants,
    List<Port> inputs,
    List<Port> outputs,
    Map<String, String> metadata) {}
