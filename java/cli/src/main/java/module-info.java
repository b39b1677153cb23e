/**
 * The command-line program {@code quern}: {@code train}, {@code eval}, {@code predict} and related
 * commands.
 */
module dev.quern.cli {
  requires dev.quern;
  requires dev.quern.image;
  requires dev.quern.onnx;
  requires dev.quern.io;
  requires dev.quern.ocr;
  requires dev.quern.reference;
  requires dev.quern.report;
  requires dev.quern.serve;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires info.picocli;
  requires java.management;
  requires org.snakeyaml.engine.v2;

  opens dev.quern.cli to
      info.picocli;
  opens dev.quern.cli.check to
      info.picocli;
  opens dev.quern.cli.data to
      info.picocli;
  opens dev.quern.cli.model to
      info.picocli;
  opens dev.quern.cli.option to
      info.picocli;
  opens dev.quern.cli.predict to
      info.picocli;
  opens dev.quern.cli.process to
      info.picocli;
  opens dev.quern.cli.run to
      info.picocli;
  opens dev.quern.cli.search to
      info.picocli;
  opens dev.quern.cli.serve to
      info.picocli;
  opens dev.quern.cli.train to
      info.picocli;
}
