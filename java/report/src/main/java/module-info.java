/** Reports of training runs as HTML pages, and a live page of a run. */
module dev.quern.report {
  requires transitive dev.quern;
  requires dev.quern.io;
  requires static dev.quern.serve; // for the live page alone
  requires static org.jspecify;

  exports dev.quern.report;

  opens dev.quern.report.data to
      com.fasterxml.jackson.databind;
}
