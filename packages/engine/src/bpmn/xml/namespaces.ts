export const BPMN = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
/** DMN 1.1, also as Flowable writes it, 1.2, 1.3, 1.4 and 1.5: what is read of them is the same. */
export const DMN: readonly string[] = [
	'http://www.omg.org/spec/DMN/20151101',
	'http://www.omg.org/spec/DMN/20151130',
	'http://www.omg.org/spec/DMN/20151101/dmn.xsd',
	'http://www.omg.org/spec/DMN/20180521/MODEL/',
	'https://www.omg.org/spec/DMN/20191111/MODEL/',
	'https://www.omg.org/spec/DMN/20211108/MODEL/',
	'https://www.omg.org/spec/DMN/20230324/MODEL/',
];
export const XML = 'http://www.w3.org/XML/1998/namespace';
export const XMLNS = 'http://www.w3.org/2000/xmlns/';
export const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
export const SENDBACK = 'urn:sendback:bpmn:1';
export const CAMUNDA = 'http://camunda.org/schema/1.0/bpmn';
export const CAMUNDA_DMN = 'http://camunda.org/schema/1.0/dmn';
export const FLOWABLE = 'http://flowable.org/bpmn';
export const ACTIVITI = 'http://activiti.org/bpmn';
export const ZEEBE = 'http://camunda.org/schema/zeebe/1.0';

/** Flowable, Camunda 7 and their ancestor share the names and meanings of their extensions. */
export const CLASSIC: readonly string[] = [FLOWABLE, CAMUNDA, ACTIVITI];
