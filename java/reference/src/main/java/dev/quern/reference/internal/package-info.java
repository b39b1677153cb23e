/** Internal functions shared by the packages of this module; not exported. */
package dev.quern.reference.internal;
