// Renders the templates of the Zola example where Zola itself does not run:
// its only package on npm needs a C library newer than Debian 12 has. Nunjucks
// reads the part of Tera's language that they use; the filters that only Tera
// has are here. Started by: npm exec --package nunjucks -- node tera.mjs
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const bin = process.env.PATH.split(':').find(path => path.endsWith('node_modules/.bin'))
const nunjucks = createRequire(bin + '/')('nunjucks')
const tera = new nunjucks.Environment(new nunjucks.FileSystemLoader('templates'))
tera.addFilter('trim_end_matches', (text, { pat }) => {
  while (text.endsWith(pat)) text = text.slice(0, -pat.length)
  return text
})
tera.addFilter('urlencode_strict', encodeURIComponent)

const toml = readFileSync('config.toml', 'utf8')
const value = name => RegExp(`^${name} = "(.*?)"`, 'm').exec(toml)[1]
const config = { title: value('title'), extra: { postil: { service: value('service'), site: value('site') } } }

const pages = ['first', 'café'].map(name => {
  const [, front, words] = readFileSync(`content/posts/${name}.md`, 'utf8').split('+++\n')
  const slug = name.normalize('NFD').replace(/[^a-z]/g, '') // as [slugify] says
  return { title: /"(.*)"/.exec(front)[1], path: `/posts/${slug}/`, content: `<p>${words}</p>` }
})
const write = (path, text) => {
  mkdirSync('public' + path, { recursive: true })
  writeFileSync(`public${path}index.html`, text)
}
for (const page of pages) write(page.path, tera.render('page.html', { config, page }))
write('/', tera.render('index.html', { config, section: { path: '/', pages } }))
