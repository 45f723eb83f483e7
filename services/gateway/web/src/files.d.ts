declare module "*.csv?raw" { const text: string; export default text; }
declare module "*.mjs?url" { const url: string; export default url; }
declare module "*.css";
