/** Functions that the packages of this module share; not exported. */
package dev.quern.reference.internal;
