/**
 * The command line: {@code quern train}, {@code eval}, {@code predict} and what helps with them.
 */
module dev.quern.cli {
  requires dev.quern;
  requires dev.quern.image;
  requires dev.quern.onnx;
  requires dev.quern.io;
  requires dev.quern.reference;
  requires dev.quern.report;
  requires dev.quern.serve;
  requires com.fasterxml.jackson.databind;
  requires info.picocli;
  requires java.management;
  requires org.snakeyaml.engine.v2;

  opens dev.quern.cli to
      info.picocli;
  opens dev.quern.cli.notebook to
      info.picocli;
}
