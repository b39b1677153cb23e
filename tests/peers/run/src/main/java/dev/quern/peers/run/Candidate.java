package dev.quern.peers.run;

import java.util.List;
import java.util.Map;

/**
 * A library as the runner sees it: where its program lies and the settings that were found best for
 * it.
 */
enum Candidate {
  QUERN("Quern", "quern", "QuernLibrary", List.of("-Dorg.bytedeco.javacpp.maxPhysicalBytes=0")),
  TENSORFLOW("TensorFlow Java", "tensorflow", "TensorFlowLibrary", List.of()),
  // offline: its native library is a dependency, so nothing is to be looked for
  DJL("DJL (PyTorch)", "djl", "DjlLibrary", List.of("-Dai.djl.offline=true")),
  // JavaCPP's limits count what PyTorch keeps for itself
  PYTORCH(
      "PyTorch",
      "pytorch",
      "PyTorchLibrary",
      List.of("-Dorg.bytedeco.javacpp.maxBytes=0", "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0")),
  // JavaCPP's default limits, twice the heap, leave little room for large batches
  DL4J(
      "DL4J",
      "dl4j",
      "Dl4jLibrary",
      List.of(
          "-Xmx6g",
          "-Dorg.bytedeco.javacpp.maxBytes=14G",
          "-Dorg.bytedeco.javacpp.maxPhysicalBytes=20G",
          // oneDNN; see Nd4jCpu in its module
          "-Dorg.eclipse.deeplearning4j.helpers.disable=false")),
  ONNXRUNTIME("ONNX Runtime", "onnxruntime", "OnnxRuntimeLibrary", List.of()),
  OPENCV("OpenCV DNN", "opencv", "OpenCvLibrary", List.of()),
  TFLITE("TensorFlow Lite", "tflite", "TfLiteLibrary", List.of()),
  ONEDNN("oneDNN", "onednn", "libdnnl-dev"),
  XNNPACK("XNNPACK", "xnnpack", "libxnnpack-dev and libpthreadpool-dev");

  /**
   * PyTorch on glibc's malloc: by default that maps and faults in every large block anew, in every
   * step.
   */
  private static final Map<String, String> KEEP_BLOCKS =
      Map.of(
          "GLIBC_TUNABLES",
          "glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=17179869184"
              + ":glibc.malloc.arena_max=1");

  private final String title;
  private final String module;
  private final String program;
  private final List<String> options;
  private final String packages;

  Candidate(String title, String module, String program, List<String> options) {
    this(title, module, program, options, "");
  }

  /** One of C++. */
  Candidate(String title, String module, String packages) {
    this(title, module, "", List.of(), packages);
  }

  Candidate(String title, String module, String program, List<String> options, String packages) {
    this.title = title;
    this.module = module;
    this.program = program;
    this.options = options;
    this.packages = packages;
  }

  /** How the table calls it. */
  String title() {
    return title;
  }

  /** How options call it, and the folders beside this one, or its program of C++. */
  String module() {
    return module;
  }

  String mainClass() {
    return "dev.quern.peers." + program;
  }

  /** For the JVM. */
  List<String> options() {
    return options;
  }

  boolean isCpp() {
    return !packages.isEmpty();
  }

  /** Of Debian, that its program of C++ is built with. */
  String packages() {
    return packages;
  }

  Map<String, String> environment() {
    return this == DJL || this == PYTORCH ? KEEP_BLOCKS : Map.of();
  }
}
