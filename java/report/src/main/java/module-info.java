/** Reports of training runs as pages for a browser, and pages that show a run as it goes. */
module dev.quern.report {
  requires transitive dev.quern;
  requires dev.quern.io;
  requires static dev.quern.serve; // for the live page alone
  requires static org.jspecify;

  exports dev.quern.report;

  opens dev.quern.report.data to
      com.fasterxml.jackson.databind;
}
